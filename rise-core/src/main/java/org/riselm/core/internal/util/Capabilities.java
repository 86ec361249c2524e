package org.riselm.core.internal.util;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.LinkedHashSet;
import java.util.Set;

/** Wraps an object without hiding what else it can do. */
public final class Capabilities {
  private Capabilities() {}

  /**
   * Returns {@code wrapper} if it implements every public interface of {@code wrapped}. Otherwise
   * returns an object that implements all of them: calls of an interface that the wrapper
   * implements go to the wrapper, all others to {@code wrapped}.
   *
   * @param type an interface of the wrapper
   */
  public static <T> T keep(Class<T> type, T wrapper, T wrapped) {
    Set<Class<?>> all = new LinkedHashSet<>();
    collect(wrapper.getClass(), all);
    collect(wrapped.getClass(), all);
    if (all.stream().allMatch(i -> i.isInstance(wrapper))) {
      return wrapper;
    }
    return type.cast(
        Proxy.newProxyInstance(
            wrapped.getClass().getClassLoader(),
            all.toArray(Class<?>[]::new),
            (proxy, method, arguments) -> {
              boolean own = method.getDeclaringClass().isInstance(wrapper);
              try {
                return method.invoke(own ? wrapper : wrapped, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
              }
            }));
  }

  private static void collect(Class<?> type, Set<Class<?>> into) {
    for (Class<?> c = type; c != null; c = c.getSuperclass()) {
      for (Class<?> i : c.getInterfaces()) {
        if (Modifier.isPublic(i.getModifiers())) {
          into.add(i);
        }
        collect(i, into);
      }
    }
  }
}
