package org.riselm.core.teacher;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import java.util.ArrayList;
import java.util.List;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Turn;
import org.riselm.core.policy.SamplingOptions;

/** States as chat requests. */
final class ChatMessages {
  private ChatMessages() {}

  /** Returns the request for a response in {@code state}. */
  static ChatRequest request(ChatPolicy.Builder options, State state, SamplingOptions sampling) {
    ChatRequest.Builder request = ChatRequest.builder().messages(messages(options.system, state));
    if (options.sendTemperature) {
      request.temperature(sampling.temperature());
    }
    if (options.sendMaxTokens) {
      request.maxOutputTokens(sampling.maxNewTokens());
    }
    if (sampling.topP() < 1) {
      request.topP(sampling.topP());
    }
    if (sampling.topK() > 0) {
      request.topK(sampling.topK());
    }
    return request.build();
  }

  private static List<ChatMessage> messages(String system, State state) {
    List<ChatMessage> messages = new ArrayList<>();
    if (!system.isEmpty()) {
      messages.add(SystemMessage.from(system));
    }
    messages.add(UserMessage.from(state.problem().prompt()));
    for (Turn turn : state.history()) {
      messages.add(AiMessage.from(turn.response().text()));
      messages.add(UserMessage.from(turn.feedbackIfAny().orElseThrow()));
    }
    return messages;
  }
}
