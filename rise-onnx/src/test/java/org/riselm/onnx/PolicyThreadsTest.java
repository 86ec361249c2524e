package org.riselm.onnx;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.riselm.core.mdp.Example;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.onnx.internal.runtime.NativeMemory;
import org.riselm.onnx.text.Conversation;
import org.riselm.onnx.text.Message;

/** What a policy does when several threads call it, or one closes it under another. */
@Timeout(120)
class PolicyThreadsTest {
  private static final int ROUNDS = Integer.getInteger("rise.life.rounds", 8);
  private static final TrainingOptions LONG =
      TrainingOptions.builder().learningRate(1e-3).steps(100_000).batchSize(3).build();

  @TempDir Path folder;
  private OnnxPolicy policy;
  private long openBefore;

  @BeforeEach
  void open() throws Exception {
    openBefore = NativeMemory.openObjects();
    policy = TinyModel.policy(folder, 2);
  }

  private static List<Query> queries(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new Query(TinyModel.STATES.get(i % TinyModel.STATES.size()), i))
        .toList();
  }

  private static SamplingOptions tokens(int most) {
    return SamplingOptions.ofMaxNewTokens(most);
  }

  /** Every public call that works on native memory. */
  private Map<String, Executable> calls(String name) {
    Path out = folder.resolve(name);
    TrainingRequest request = TrainingRequest.of(LONG.toBuilder().steps(1).build(), policy);
    Conversation conversation =
        new Conversation("a", List.of(Message.user("sky"), Message.assistant("blue")), 1);
    Map<String, Executable> calls = new LinkedHashMap<>();
    calls.put("complete", () -> policy.complete(queries(2), tokens(2)));
    calls.put(
        "train", () -> policy.train(TinyModel.EXAMPLES, request.options(), ProgressListener.NONE));
    calls.put(
        "fineTune", () -> policy.fineTune(List.of(conversation), request, ProgressListener.NONE));
    calls.put("logProbabilities", () -> policy.logProbabilities(TinyModel.EXAMPLES));
    calls.put("requireTrainable", () -> policy.requireTrainable(LONG));
    calls.put("save", () -> policy.save(out.resolve("saved")));
    calls.put("restore", () -> policy.restore(out.resolve("saved")));
    calls.put("export", () -> policy.export(out.resolve("exported")));
    calls.put("exportOnnx", () -> policy.exportOnnx(out.resolve("onnx")));
    calls.put("writeArtifacts", () -> policy.writeArtifacts(out.resolve("artifacts"), LONG));
    return calls;
  }

  private static <T> FutureTask<T> onThread(String name, Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    new Thread(task, name).start();
    return task;
  }

  @Test
  void everyCallWorksOnOneThreadAfterTheOther() throws Exception {
    for (Map.Entry<String, Executable> call : calls("one").entrySet()) {
      onThread(
              "reader-" + call.getKey(),
              () -> {
                assertDoesNotThrow(call.getValue(), call.getKey());
                return null;
              })
          .get();
    }
    policy.close();
    assertEquals(openBefore, NativeMemory.openObjects());
  }

  @TestFactory
  Stream<DynamicTest> aSecondThreadIsRefusedWithTheNamesOfBoth() throws Exception {
    CountDownLatch working = new CountDownLatch(1);
    CountDownLatch tried = new CountDownLatch(1);
    ProgressListener waits =
        event -> {
          working.countDown();
          assertTrue(await(tried));
        };
    FutureTask<?> first =
        onThread(
            "first-user",
            () -> policy.train(TinyModel.EXAMPLES, LONG.toBuilder().steps(1).build(), waits));
    assertTrue(await(working));
    Stream<DynamicTest> tests =
        calls("two").entrySet().stream()
            .map(
                call ->
                    DynamicTest.dynamicTest(
                        call.getKey(),
                        () -> {
                          IllegalStateException e =
                              assertThrows(IllegalStateException.class, call.getValue());
                          String said = String.valueOf(e.getMessage());
                          assertTrue(said.contains("first-user"), said);
                          assertTrue(said.contains(Thread.currentThread().getName()), said);
                        }));
    DynamicTest end =
        DynamicTest.dynamicTest(
            "the first goes on",
            () -> {
              tried.countDown();
              first.get();
              policy.close();
            });
    return Stream.concat(tests, Stream.of(end));
  }

  private static boolean await(CountDownLatch latch) {
    try {
      latch.await();
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  @Test
  void aListenerThatCallsThePolicyAgainIsRefused() {
    ProgressListener nested = event -> policy.complete(queries(1), tokens(1));
    IllegalStateException e =
        assertThrows(
            IllegalStateException.class,
            () -> policy.train(TinyModel.EXAMPLES, LONG.toBuilder().steps(1).build(), nested));
    assertTrue(String.valueOf(e.getMessage()).contains("listener"), e::toString);
    policy.complete(queries(1), tokens(1));
    policy.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void closingFromAnotherThreadStopsTheWorkAndFreesEverything(boolean training) throws Exception {
    Random random = new Random(7);
    for (int round = 0; round < ROUNDS; round++) {
      CountDownLatch working = new CountDownLatch(1);
      ProgressListener signal = event -> working.countDown();
      OnnxPolicy closed = round == 0 ? policy : TinyModel.policy(folder, 2);
      FutureTask<?> work =
          onThread(
              "worker",
              () ->
                  training
                      ? closed.train(TinyModel.EXAMPLES, LONG, signal)
                      : closed.complete(queries(20_000), tokens(20), signal));
      assertTrue(await(working));
      Thread.sleep(random.nextInt(20));
      closed.close();
      assertTrue(work.isDone() || openBefore == NativeMemory.openObjects());
      ExecutionException e = assertThrows(ExecutionException.class, work::get);
      assertInstanceOf(CancellationException.class, e.getCause(), () -> "round: " + e);
      IllegalStateException after =
          assertThrows(IllegalStateException.class, () -> closed.complete(queries(1), tokens(1)));
      assertTrue(String.valueOf(after.getMessage()).contains("closed"), after::toString);
      closed.close();
      assertEquals(openBefore, NativeMemory.openObjects());
    }
  }

  @Test
  void aCallAfterCloseSaysThatThePolicyIsClosed() {
    policy.close();
    for (Map.Entry<String, Executable> call : calls("after").entrySet()) {
      IllegalStateException e = assertThrows(IllegalStateException.class, call.getValue());
      assertTrue(String.valueOf(e.getMessage()).contains("closed"), () -> call.getKey() + e);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void closingFromWithinTheWorkStopsItAndFreesEverythingAtItsEnd(boolean training) {
    List<Long> openInside = new ArrayList<>();
    ProgressListener closer =
        event -> {
          policy.close();
          policy.close();
          openInside.add(NativeMemory.openObjects());
        };
    assertThrows(
        CancellationException.class,
        () -> {
          if (training) {
            policy.train(TinyModel.EXAMPLES, LONG, closer);
          } else {
            policy.complete(queries(20_000), tokens(20), closer);
          }
        });
    assertFalse(openInside.isEmpty());
    assertTrue(openInside.get(0) > openBefore, "freed under the work");
    assertEquals(openBefore, NativeMemory.openObjects());
    policy.close();
  }

  @Test
  void twoThreadsNeverGetWrongResponses() throws Exception {
    SamplingOptions sampling = tokens(8);
    List<Query> asked = queries(16);
    List<?> expected = policy.complete(asked, sampling);
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      List<FutureTask<List<?>>> both =
          List.of(
              onThread("one", () -> policy.complete(asked, sampling)),
              onThread("two", () -> policy.complete(asked, sampling)));
      for (FutureTask<List<?>> task : both) {
        try {
          assertEquals(expected, task.get());
        } catch (ExecutionException e) {
          assertInstanceOf(IllegalStateException.class, e.getCause());
          refused++;
        }
      }
    }
    assertTrue(refused < 2 * ROUNDS);
    policy.close();
  }

  @Test
  void anInterruptIsHeededWithinAMicroBatch() throws Exception {
    TrainingOptions oneStep =
        TrainingOptions.builder().learningRate(1e-3).steps(1).batchSize(1_500).build();
    List<Example> many =
        IntStream.range(0, 1_500).mapToObj(i -> TinyModel.EXAMPLES.get(i % 3)).toList();
    Runnable step = () -> policy.train(many, oneStep, ProgressListener.NONE);
    step.run(); // Warms up.
    long whole = nanos(step);
    Thread me = Thread.currentThread();
    long[] interruptedAt = {0};
    FutureTask<?> interrupter =
        onThread(
            "interrupter",
            () -> {
              Thread.sleep(whole / 5_000_000);
              interruptedAt[0] = System.nanoTime();
              me.interrupt();
              return null;
            });
    assertThrows(CancellationException.class, step::run);
    long took = System.nanoTime() - interruptedAt[0];
    assertTrue(Thread.interrupted(), "the thread stays interrupted");
    interrupter.get();
    assertTrue(took < whole / 3, () -> took / 1e6 + " ms of a step of " + whole / 1e6 + " ms");
    policy.close();
    assertEquals(openBefore, NativeMemory.openObjects());
  }

  private static long nanos(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return System.nanoTime() - start;
  }
}
