package org.riselm.examples;

import dev.langchain4j.model.chat.ChatModel;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.riselm.core.RiseTrainer;
import org.riselm.core.evaluation.EvaluationLog;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Reward;
import org.riselm.core.mdp.Verifier;
import org.riselm.core.policy.Policy;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.ScoringPolicy;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.core.rollout.RolloutOptions;
import org.riselm.core.task.ProblemSet;
import org.riselm.onnx.OnnxPolicy;
import org.riselm.onnx.text.Conversation;
import org.riselm.onnx.text.PromptFormat;
import org.riselm.onnx.text.Tokenizer;

/** What snippets of the documents take as given; {@link SnippetsTest} compiles them in it. */
abstract class Given {
  OnnxPolicy policy;
  OnnxPolicy base;
  Policy teacher;
  ScoringPolicy reference;
  ChatModel model;
  ProblemSet problems;
  ProblemSet heldOut;
  ProblemSet validation;
  List<Problem> questions;
  List<Episode> episodes;
  Verifier verifier;
  Reward tests;
  Feedback feedback;
  HistoryWindow window;
  SamplingOptions sampling;
  TrainingOptions gentler;
  RolloutOptions options;
  RiseTrainer trainer;
  EvaluationLog before;
  EvaluationLog after;
  Path folder;
  JavaSparkContext context;
  Path file;
  Path out;
  List<Conversation> conversations;
  PromptFormat format;
  Tokenizer tokenizer;
  TrainingRequest request;
  ProgressListener progress;
  int threads;
  String source;
  long seed;

  abstract void show(Object anything);
}
