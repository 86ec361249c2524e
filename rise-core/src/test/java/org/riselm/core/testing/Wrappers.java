package org.riselm.core.testing;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Types that wrap a part of the library, and the default methods of its interface that they do not
 * say anything about.
 *
 * @param types their names
 * @param inherited the methods, each with its type
 */
public record Wrappers(Set<String> types, Set<String> inherited) {
  /** Returns those among the classes of a package and those below it, in a folder of classes. */
  public static Wrappers in(Path output, String parent) throws IOException {
    List<Class<?>> all = new ArrayList<>();
    try (Stream<Path> files = Files.walk(output.resolve(parent.replace('.', '/')))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).sorted().toList()) {
        String name = output.relativize(file).toString().replace(File.separatorChar, '.');
        name = name.substring(0, name.length() - ".class".length());
        all.add(Class.forName(name, /* initialize= */ false, Wrappers.class.getClassLoader()));
      }
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
    return of(all);
  }

  /** Returns those among {@code all}. */
  public static Wrappers of(List<Class<?>> all) {
    Set<String> types = new TreeSet<>();
    Set<String> inherited = new TreeSet<>();
    for (Class<?> type : all) {
      for (Class<?> wrapped : wrapped(type)) {
        types.add(type.getName());
        inherited.addAll(inherited(type, wrapped));
      }
    }
    return new Wrappers(types, inherited);
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
}
