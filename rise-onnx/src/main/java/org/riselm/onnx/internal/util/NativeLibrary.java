package org.riselm.onnx.internal.util;

import com.google.common.base.Throwables;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A native library that is loaded when it is first needed. If that fails, every use says why and
 * what to do, in an exception.
 */
public final class NativeLibrary<T> {
  private final String name;
  private final Supplier<T> loading;
  private @Nullable T loaded;
  private @Nullable IllegalStateException failure;

  /**
   * Loads nothing yet.
   *
   * @param name for messages
   * @param loading loads it, and returns what it is used through
   */
  public NativeLibrary(String name, Supplier<T> loading) {
    this.name = name;
    this.loading = loading;
  }

  /**
   * Returns what the library is used through.
   *
   * @throws IllegalStateException if it cannot be loaded; says why and what to do
   */
  public synchronized T get() {
    if (failure != null) {
      throw new IllegalStateException(failure.getMessage(), failure);
    }
    if (loaded == null) {
      loaded = load();
    }
    return loaded;
  }

  /** Libraries look for their files by the thread's context class loader, which may be anyone's. */
  private T load() {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(NativeLibrary.class.getClassLoader());
    try {
      return loading.get();
    } catch (RuntimeException | LinkageError | AssertionError e) {
      failure =
          new IllegalStateException("could not load %s: %s".formatted(name, explanation(e)), e);
      throw failure;
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static String explanation(Throwable thrown) {
    for (Throwable cause : Throwables.getCausalChain(thrown)) {
      String message = String.valueOf(cause.getMessage());
      if (message.contains("already loaded in another classloader")) {
        return "another class loader of this process has it (%s); put rise-onnx and what it depends on where one class loader has it for all, such as a server's shared libraries, or use a process for each"
            .formatted(message);
      }
      if (cause instanceof IllegalStateException && message.contains("native librar")) {
        return message;
      }
    }
    Throwable root = Throwables.getRootCause(thrown);
    return "%s; is the artifact with the natives of this platform on the class path, for example org.bytedeco:onnxruntime:…:linux-x86_64?"
        .formatted(root);
  }
}
