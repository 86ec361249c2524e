package org.riselm.core.internal.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Turn;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.policy.TrainingRequest;

/** Wraps an object that hears every call, and calls everything that its interfaces offer. */
public final class ForwardingCheck {
  private static final Problem PROBLEM = Problem.of("p", "?", "1");
  private static final State STATE = State.initial(PROBLEM);

  private ForwardingCheck() {}

  /** Fails unless the wrapper has all the interfaces, and every method comes to the wrapped. */
  public static <T> void everythingIsForwarded(
      Class<T> type, UnaryOperator<T> wrapper, Class<?>... others) {
    Set<String> heard = new HashSet<>();
    Class<?>[] interfaces = new Class<?>[others.length + 1];
    interfaces[0] = type;
    System.arraycopy(others, 0, interfaces, 1, others.length);
    T wrapped =
        wrapper.apply(
            type.cast(
                Proxy.newProxyInstance(
                    ForwardingCheck.class.getClassLoader(),
                    interfaces,
                    (proxy, method, arguments) -> {
                      heard.add(method.getName());
                      return result(method);
                    })));
    Set<String> offered = new TreeSet<>();
    for (Class<?> i : interfaces) {
      assertTrue(i.isInstance(wrapped), () -> "the wrapper hides " + i);
      for (Method method : i.getMethods()) {
        if (!Modifier.isStatic(method.getModifiers())) {
          offered.add(method.getName());
          call(wrapped, method);
        }
      }
    }
    offered.removeAll(heard);
    assertEquals(Set.of(), offered, "the wrapper answers these by itself");
  }

  private static void call(Object wrapped, Method method) {
    Object[] arguments = new Object[method.getParameterCount()];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = argument(method, i);
    }
    try {
      method.invoke(wrapped, arguments);
    } catch (InvocationTargetException | IllegalAccessException e) {
      throw new LinkageError(method.toString(), e);
    }
  }

  private static @Nullable Object argument(Method method, int index) {
    Class<?> type = method.getParameterTypes()[index];
    if (type == List.class) {
      return switch (method.getName()) {
        case "complete" -> List.of(new Query(STATE, 1));
        case "after" -> index == 0 ? List.of(PROBLEM) : List.of(Turn.of(Response.ofText("1"), 0));
        default -> List.of(new Example(STATE, Response.ofText("1"), 1));
      };
    }
    if (type == Example.class) {
      return new Example(STATE, Response.ofText("1"), 1);
    }
    if (type == ProgressListener.class) {
      return ProgressListener.NONE;
    }
    if (type == SamplingOptions.class) {
      return SamplingOptions.ofDefaults();
    }
    if (type == TrainingOptions.class) {
      return TrainingOptions.ofDefaults();
    }
    if (type == TrainingRequest.class) {
      return TrainingRequest.of(TrainingOptions.ofDefaults(), 1);
    }
    if (type == Path.class) {
      return Path.of("nowhere");
    }
    if (type == Problem.class) {
      return PROBLEM;
    }
    if (type == Turn.class) {
      return Turn.of(Response.ofText("1"), 0);
    }
    return type == String.class ? "1" : null;
  }

  private static @Nullable Object result(Method method) {
    Class<?> type = method.getReturnType();
    if (type == List.class) {
      return method.getName().equals("complete")
          ? List.of(Completion.of(Response.ofText("1")))
          : List.of("said");
    }
    if (type == boolean.class) {
      return true;
    }
    if (type == double.class) {
      return 1.0;
    }
    if (type == long.class) {
      return 1L;
    }
    if (type == Optional.class) {
      return Optional.empty();
    }
    if (type == Map.class) {
      return Map.of();
    }
    return type == String.class ? "said" : null;
  }
}
