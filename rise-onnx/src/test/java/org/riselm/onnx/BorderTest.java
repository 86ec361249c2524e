package org.riselm.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.riselm.onnx.internal.runtime.Tensor;

/** Users see few types, and none of what is inside. */
class BorderTest {
  private static final Set<String> EXPORTED =
      Set.of(
          "org.riselm.onnx",
          "org.riselm.onnx.model",
          "org.riselm.onnx.text",
          "org.riselm.onnx.artifact");
  private static final int MOST_TYPES = 40;

  private static Path classes() {
    return Path.of(
        URI.create(
            OnnxPolicy.class.getProtectionDomain().getCodeSource().getLocation().toString()));
  }

  /** The types of exported packages that others can name, nested ones among them. */
  private static List<Class<?>> exported() throws IOException, ClassNotFoundException {
    List<Class<?>> types = new ArrayList<>();
    for (String name : new TreeSet<>(EXPORTED)) {
      try (Stream<Path> files = Files.list(classes().resolve(name.replace('.', '/')))) {
        for (Path file : files.sorted().toList()) {
          String simple = file.getFileName().toString().replace(".class", "");
          if (!Files.isDirectory(file) && !simple.equals("package-info")) {
            Class<?> type = Class.forName(name + "." + simple);
            if (isVisible(type)) {
              types.add(type);
            }
          }
        }
      }
    }
    return types;
  }

  private static boolean isVisible(Class<?> type) {
    Class<?> outer = type.getEnclosingClass();
    return isVisible(type.getModifiers()) && (outer == null || isVisible(outer));
  }

  private static boolean isVisible(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  /** What {@code type} shows of types that users must not see, a line each. */
  private static List<String> leaks(Class<?> type) {
    List<String> leaks = new ArrayList<>();
    String name = type.getName();
    find(name, type.getGenericSuperclass(), leaks);
    List.of(type.getGenericInterfaces()).forEach(t -> find(name, t, leaks));
    List.of(type.getTypeParameters()).forEach(t -> find(name, t, leaks));
    for (Field field : type.getDeclaredFields()) {
      if (isVisible(field.getModifiers())) {
        find(name + "." + field.getName(), field.getGenericType(), leaks);
      }
    }
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      find(name, constructor, constructor.getGenericParameterTypes(), leaks);
    }
    for (Method method : type.getDeclaredMethods()) {
      find(name, method, method.getGenericParameterTypes(), leaks);
      find(name, method, method.getGenericExceptionTypes(), leaks);
      find(name, method, new Type[] {method.getGenericReturnType()}, leaks);
    }
    return leaks;
  }

  private static <M extends AccessibleObject & Member> void find(
      String type, M member, Type[] shown, List<String> leaks) {
    if (isVisible(member.getModifiers()) && !member.isSynthetic()) {
      List.of(shown).forEach(t -> find(type + "." + member.getName(), t, leaks));
    }
  }

  private static void find(String where, Type shown, List<String> leaks) {
    if (shown instanceof Class<?> c) {
      Class<?> type = c.isArray() ? c.componentType() : c;
      String name = type.getPackageName();
      boolean known =
          type.isPrimitive()
              || name.startsWith("java.")
              || EXPORTED.contains(name)
              || (name.startsWith("org.riselm.core") && !name.contains(".internal"));
      if (!known && !type.isArray()) {
        leaks.add(where + " shows " + type.getName());
      } else if (type.isArray()) {
        find(where, type, leaks);
      }
    } else if (shown instanceof ParameterizedType p) {
      find(where, p.getRawType(), leaks);
      List.of(p.getActualTypeArguments()).forEach(t -> find(where, t, leaks));
    } else if (shown instanceof GenericArrayType a) {
      find(where, a.getGenericComponentType(), leaks);
    } else if (shown instanceof WildcardType w) {
      List.of(w.getUpperBounds()).forEach(t -> find(where, t, leaks));
      List.of(w.getLowerBounds()).forEach(t -> find(where, t, leaks));
    } else if (shown instanceof TypeVariable<?> v) {
      for (Type bound : v.getBounds()) {
        if (bound instanceof Class<?>) {
          find(where, bound, leaks);
        }
      }
    }
  }

  @Test
  void noExportedSignatureShowsAnInternalOrAThirdPartysType() throws Exception {
    List<String> leaks = new ArrayList<>();
    for (Class<?> type : exported()) {
      leaks.addAll(leaks(type));
    }
    assertEquals(List.of(), leaks);
  }

  @Test
  void exportedPackagesHaveFewTopLevelTypes() throws Exception {
    List<String> types =
        exported().stream()
            .filter(type -> type.getEnclosingClass() == null)
            .map(Class::getName)
            .toList();
    assertTrue(types.contains(OnnxPolicy.class.getName()), types::toString);
    assertTrue(types.size() <= MOST_TYPES, types.size() + ": " + types);
  }

  /** Shows in every way what must not be shown. */
  public interface Leaking extends Supplier<List<? super Tensor>> {
    /** An array of arrays. */
    Tensor[][] returned();

    /** A bound. */
    <T extends Tensor> void bound(List<T> some);
  }

  @Test
  void aLeakIsFoundByNameWhereverItIs() {
    String shows = " shows " + Tensor.class.getName();
    assertEquals(
        Set.of(
            Leaking.class.getName() + shows,
            Leaking.class.getName() + ".returned" + shows,
            Leaking.class.getName() + ".bound" + shows),
        Set.copyOf(leaks(Leaking.class)));
  }
}
