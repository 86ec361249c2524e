package org.riselm.core.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.riselm.core.RiseTrainer;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Turn;

/**
 * Whatever wraps a part of the library says something itself about each default method of the
 * part's interface: inherited, it would answer for the wrapper and not for what is wrapped.
 */
class CompleteWrappersTest {
  /** What wrappers inherit, and why they may. */
  private static final Set<String> INHERITED =
      Set.of(
          // Shorter forms of a method that is forwarded.
          "CachingLearner.complete",
          "CachingLearner.train",
          "CachingPolicy.complete",
          "CancellablePolicy.complete",
          "CancellablePolicy.train",
          "DivergenceMeter.complete",
          "DivergenceMeter.train",
          "ForwardingLearner.complete",
          "ForwardingLearner.train",
          // Named anew: the description is their own toString.
          "NamedObjective.description",
          "Relabeler$1.description",
          "Retention$1.description",
          // Combinations of two, of which the wrapped one is a part.
          "Metric$1.change",
          "Metric$1.minus",
          "Metric$1.over",
          "Metric$1.values",
          "Retention$1.then");

  @Test
  void noWrapperInheritsADefaultMethodOfWhatItWraps() {
    TreeMap<String, Set<String>> wrappers = new TreeMap<>();
    TreeSet<String> inherited = new TreeSet<>();
    for (JavaClass found :
        new ClassFileImporter().importPath(ExportedTypes.outputWith(RiseTrainer.class))) {
      Class<?> type = found.reflect();
      Set<Class<?>> ofCore =
          found.getPackageName().startsWith("org.riselm.core") ? wrapped(type) : Set.of();
      for (Class<?> wrapped : ofCore) {
        wrappers.computeIfAbsent(type.getName(), k -> new TreeSet<>()).add(wrapped.getSimpleName());
        inherited.addAll(inherited(type, wrapped));
      }
    }
    assertTrue(wrappers.size() >= 6, wrappers::toString);
    assertEquals(INHERITED, inherited, () -> "of " + wrappers);
  }

  @Test
  void aWrapperThatForgetsAMethodIsFound() {
    assertTrue(wrapped(Forgetful.class).contains(Feedback.class));
    assertTrue(
        inherited(Forgetful.class, Feedback.class)
            .contains("CompleteWrappersTest$Forgetful.restating"),
        () -> inherited(Forgetful.class, Feedback.class).toString());
  }

  /** The interfaces of ours that {@code type} has, and has a field of, too. */
  private static Set<Class<?>> wrapped(Class<?> type) {
    Set<Class<?>> found = new HashSet<>();
    for (Class<?> of : interfaces(type)) {
      for (Class<?> c = type; c != null; c = c.getSuperclass()) {
        for (Field field : c.getDeclaredFields()) {
          if (of.isAssignableFrom(field.getType()) && !field.getType().equals(type)) {
            found.add(of);
          }
        }
      }
    }
    return found;
  }

  private static Set<Class<?>> interfaces(Class<?> type) {
    Set<Class<?>> all = new HashSet<>();
    for (Class<?> c = type; c != null; c = c.getSuperclass()) {
      for (Class<?> i : c.getInterfaces()) {
        if (i.getName().startsWith("org.riselm.") && all.add(i)) {
          all.addAll(interfaces(i));
        }
      }
    }
    return all;
  }

  private static Set<String> inherited(Class<?> type, Class<?> wrapped) {
    Set<String> inherited = new TreeSet<>();
    for (Method method : wrapped.getMethods()) {
      if (method.isDefault() && !isOverridden(type, method)) {
        String name = type.getName();
        inherited.add(name.substring(name.lastIndexOf('.') + 1) + "." + method.getName());
      }
    }
    return inherited;
  }

  private static boolean isOverridden(Class<?> type, Method method) {
    for (Class<?> c = type; c != null; c = c.getSuperclass()) {
      for (Method own : c.getDeclaredMethods()) {
        if (own.getName().equals(method.getName())
            && Arrays.equals(own.getParameterTypes(), method.getParameterTypes())) {
          return true;
        }
      }
    }
    return false;
  }

  private record Forgetful(Feedback feedback) implements Feedback {
    @Override
    public String after(Problem problem, Turn turn) {
      return feedback.after(problem, turn);
    }

    @Override
    public boolean revealsOutcome() {
      return feedback.revealsOutcome();
    }
  }
}
