package org.riselm.examples;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.riselm.core.ConsoleProgress;
import org.riselm.core.RiseTrainer;
import org.riselm.core.evaluation.Evaluation;
import org.riselm.core.evaluation.EvaluationTables;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Turn;
import org.riselm.core.mdp.Verifier;
import org.riselm.core.objective.Objectives;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.task.ProblemSet;
import org.riselm.onnx.OnnxOptions;
import org.riselm.onnx.OnnxPolicy;
import org.riselm.onnx.Precision;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.text.PromptPieces;
import org.riselm.onnx.text.Tokenizer;
import org.riselm.onnx.text.TokenizerFiles;

/**
 * RISE from nothing, in a minute or two on two cores. Reads from top to bottom: a task, a small
 * language model, its training to a middling accuracy, RISE on its own mistakes, and the result on
 * problems that it has never seen.
 */
public final class Quickstart {
  private static final String USAGE =
      """
      Usage: run Quickstart [options]
        --seed S                 of everything (0)
        --relabel teacher|self   better responses: worked solutions, or the best of the model's own (teacher)
        --scale standard|tiny    tiny is over in seconds and learns nothing (standard)
        --hidden N               the model's width, a multiple of 16 (48)
        --rollouts BITS          samples from weights quantized to 8 or 4 bits; --hidden must be
                                 a multiple of 32 (none)
        --run DIR                keeps the run in DIR, and goes on with one that was stopped
      """;

  // ---- 1. The task: word problems such as "Tom has 8 books , gets 5 , eats 2 . How many ?"
  //
  // A response is a quick answer and the working after it: "#### 10 ; 8 + 5 = 13 - 2 = 11". A small
  // model often gets the quick answer wrong and the working right, so a second look can do better.

  private static final List<String> NAMES = List.of("Tom", "Ann", "Sam", "Eva", "Max", "Zoe");
  private static final List<String> THINGS =
      List.of("apples", "pens", "books", "coins", "cards", "eggs");
  private static final List<String> GAINS = List.of("buys", "finds", "gets");
  private static final List<String> LOSSES = List.of("eats", "loses", "sells");
  private static final int LARGEST = 15;

  /** What is said after every attempt, correct or not. */
  public static final String FEEDBACK = "Check your work and try again .";

  /** Reads the number after the first {@code ####}; the working is not graded. */
  public static final Verifier VERIFIER = Verifier.of(Quickstart::answer, String::equals);

  private static Optional<String> answer(String response) {
    Matcher matcher = Pattern.compile("####\\s+(\\S+)").matcher(response);
    return matcher.find() && matcher.group(1).matches("\\d+")
        ? Optional.of(matcher.group(1))
        : Optional.empty();
  }

  /**
   * Additions and subtractions whose running total stays in 0 to 15.
   *
   * @param start the first number
   * @param steps what is added, negative to subtract
   */
  record Sum(int start, List<Integer> steps) {
    static Sum draw(SplittableRandom random) {
      int start = random.nextInt(1, LARGEST + 1);
      int count = random.nextInt(1, 5);
      List<Integer> steps = new ArrayList<>();
      int total = start;
      for (int i = 0; i < count; i++) {
        int step = random.nextInt(1, 6) * (random.nextBoolean() ? 1 : -1);
        step = total + step < 0 || total + step > LARGEST ? -step : step;
        steps.add(step);
        total += step;
      }
      return new Sum(start, steps);
    }

    /** One sum in ten, whatever the words around it, is for testing only. */
    boolean heldOut() {
      CRC32 hash = new CRC32();
      hash.update((start + " " + steps).getBytes(StandardCharsets.UTF_8));
      return hash.getValue() % 10 == 0;
    }

    String prompt(SplittableRandom random) {
      StringBuilder text = new StringBuilder();
      text.append(pick(NAMES, random)).append(" has ").append(start);
      text.append(' ').append(pick(THINGS, random));
      for (int step : steps) {
        text.append(" , ").append(pick(step < 0 ? LOSSES : GAINS, random));
        text.append(' ').append(Math.abs(step));
      }
      return text.append(" . How many ?").toString();
    }

    int result() {
      return start + steps.stream().mapToInt(Integer::intValue).sum();
    }

    /** The quick answer {@code quick}, then the sum worked out correctly. */
    String response(int quick) {
      StringBuilder text = new StringBuilder("#### " + quick + " ; " + start);
      int total = start;
      for (int step : steps) {
        total += step;
        text.append(step < 0 ? " - " : " + ").append(Math.abs(step)).append(" = ").append(total);
      }
      return text.toString();
    }

    /**
     * An imperfect attempt: the quick answer is off by 1 to 3 unless the draw is below {@code p}.
     */
    String attempt(double p, SplittableRandom random) {
      if (random.nextDouble() < p) {
        return response(result());
      }
      int[] near =
          IntStream.rangeClosed(result() - 3, result() + 3)
              .filter(n -> n != result() && n >= 0 && n <= LARGEST)
              .toArray();
      return response(near[random.nextInt(near.length)]);
    }
  }

  private static String pick(List<String> words, SplittableRandom random) {
    return words.get(random.nextInt(words.size()));
  }

  /**
   * Draws {@code count} different problems; no sum that is trained on is tested. A problem's
   * reference is a whole correct response.
   */
  public static List<Problem> problems(String set, boolean heldOut, long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Problem> problems = new ArrayList<>();
    Set<String> prompts = new HashSet<>();
    while (problems.size() < count) {
      Sum sum = Sum.draw(random);
      if (sum.heldOut() == heldOut) {
        String prompt = sum.prompt(random);
        if (prompts.add(prompt)) {
          String id = "%s-%x-%d".formatted(set, seed, problems.size());
          problems.add(Problem.of(id, prompt, sum.response(sum.result())));
        }
      }
    }
    return problems;
  }

  // ---- 2. The model: a Llama-style decoder of 58,000 random weights, with a token for each word.

  /** Returns the words and numbers of the task, one token each. */
  public static List<String> vocabulary() {
    return Stream.of(
            NAMES.stream(),
            THINGS.stream(),
            GAINS.stream(),
            LOSSES.stream(),
            Stream.of("has", ",", "How", "many", "?", "####", ";", "+", "-", "="),
            Stream.of(FEEDBACK.split(" ")),
            IntStream.rangeClosed(0, LARGEST).mapToObj(Integer::toString))
        .flatMap(words -> words)
        .toList();
  }

  private static final int HIDDEN = 48;
  private static final int HEAD_SIZE = 16;

  /** Returns the shape of the model. */
  public static DecoderConfig.Builder model(int vocabularySize) {
    return DecoderConfig.builder(vocabularySize)
        .hiddenSize(HIDDEN)
        .layers(2)
        .heads(HIDDEN / HEAD_SIZE)
        .keyValueHeads(HIDDEN / HEAD_SIZE)
        .headSize(HEAD_SIZE)
        .feedForwardSize(128)
        .contextLength(112)
        .tiedHead(true);
  }

  private OnnxPolicy randomModel(Path folder) throws IOException {
    Path tokenizerJson = folder.resolve("tokenizer.json");
    TokenizerFiles.wordLevel(
        vocabulary(), List.of("<pad>", "<eos>", "<user>", "<asst>"), tokenizerJson);
    int vocabularySize;
    try (Tokenizer tokenizer = Tokenizer.load(tokenizerJson)) {
      vocabularySize = tokenizer.vocabularySize();
    }
    return OnnxPolicy.create(
        model(vocabularySize)
            .hiddenSize(hidden)
            .heads(hidden / HEAD_SIZE)
            .keyValueHeads(hidden / HEAD_SIZE)
            .build(),
        tokenizerJson,
        PromptPieces.builder("<eos>")
            .beforeUser("<user>")
            .afterUser("<asst>")
            .stopTokenKept(false)
            .build(),
        seed("weights"),
        options());
  }

  private OnnxOptions options() {
    // At this size a second thread costs more in waiting than it saves in work.
    OnnxOptions.Builder options = OnnxOptions.builder().threads(1);
    switch (rollouts) {
      case "8" -> options.quantizedRollouts(Precision.Bits.EIGHT);
      case "4" -> options.quantizedRollouts(Precision.Bits.FOUR);
      default -> {}
    }
    return options.build();
  }

  // ---- 3. The base: the model after learning from imperfect transcripts.

  /**
   * Draws transcripts in which the quick answer is often wrong, the working never, and a second
   * attempt is no better than a first. Three in ten have two turns, of which the second is learned:
   * they teach the format of a second turn, and no way to improve.
   */
  public static List<Example> transcripts(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Example> examples = new ArrayList<>();
    while (examples.size() < count) {
      Sum sum = Sum.draw(random);
      if (!sum.heldOut()) {
        examples.add(transcript("transcript-%x-%d".formatted(seed, examples.size()), sum, random));
      }
    }
    return examples;
  }

  private static Example transcript(String id, Sum sum, SplittableRandom random) {
    Problem problem = Problem.of(id, sum.prompt(random), sum.response(sum.result()));
    if (random.nextDouble() < 0.7) {
      Response response = Response.ofText(sum.attempt(0.85, random));
      return new Example(State.initial(problem), response, 1);
    }
    String first = sum.attempt(0.4, random);
    String second = random.nextDouble() < 0.6 ? first : sum.attempt(0.4, random);
    Turn turn =
        Turn.of(Response.ofText(first), VERIFIER.score(problem, first)).withFeedback(FEEDBACK);
    State state = HistoryWindow.latest().state(problem, List.of(turn));
    return new Example(state, Response.ofText(second), 1);
  }

  private void trainBase(OnnxPolicy policy) {
    TrainingRequest training =
        TrainingRequest.of(training(4e-3, 50, size.baseSteps), policy).withSeed(seed("base"));
    policy.train(
        transcripts(seed("transcripts"), size.baseSteps * size.batch),
        training,
        new ConsoleProgress(System.out, "base").training("train"));
  }

  private TrainingOptions training(double learningRate, int warmup, int steps) {
    return TrainingOptions.builder()
        .learningRate(learningRate)
        .warmupSteps(Math.min(warmup, steps / 4))
        .minLearningRateRatio(0.1)
        .batchSize(size.batch)
        .steps(steps)
        .betas(0.9, 0.98)
        .weightDecay(0.01)
        .maxGradientNorm(1)
        .build();
  }

  // ---- 4. RISE: two turns on new problems; each failed turn is replaced by a better response.

  private List<Evaluation> rise(OnnxPolicy policy, Path folder) {
    ProblemSet train =
        new ProblemSet("train", problems("train", false, seed("train"), size.problems), VERIFIER);
    ProblemSet heldOut =
        new ProblemSet(
            "held-out", problems("held-out", true, seed("held-out"), size.heldOut), VERIFIER);
    try (RiseTrainer trainer =
        RiseTrainer.builder(policy, train)
            .relabeler(teacher ? Relabelers.reference() : Relabelers.bestOf(8))
            .objective(Objectives.rewardWeighted(0.5))
            .feedback(Feedback.neutral(FEEDBACK))
            .sampling(SamplingOptions.ofMaxNewTokens(34))
            .training(training(2e-3, 20, size.steps))
            .evaluateOn(heldOut)
            .seed(seed)
            .runDirectory(folder)
            .listener(new ConsoleProgress(System.out, ""))
            .build()) {
      trainer.run(1);
      return List.copyOf(trainer.evaluations().values());
    }
  }

  // ---- 5. The result.

  private static void show(Evaluation before, Evaluation after) {
    Map<String, Evaluation> stages = new LinkedHashMap<>();
    stages.put("before RISE", before);
    stages.put("after RISE", after);
    System.out.println();
    System.out.println(EvaluationTables.compare(stages));
    after.episodes().stream()
        .filter(e -> !e.turns().get(0).correct() && e.turns().get(1).correct())
        .findFirst()
        .ifPresent(Quickstart::show);
    System.out.print(
        """
        m1@t5 revises one response four times, m5@t1 draws five responses at once: the same number of
        samples, and the same feedback after correct and incorrect ones.

        What it shows: the whole loop works, on a model that has learned the revision by itself. What it
        does not show: a new ability. The task is made so that the first answer is a guess and the
        working, which is evidence against it, is in view at the second turn. RISE teaches the model to
        trust the working; where a second look has nothing new to go by, it finds nothing.
        """);
  }

  private static void show(Episode episode) {
    System.out.printf("A held-out problem, after RISE:%n%n  %s%n", episode.problem().prompt());
    for (Turn turn : episode.turns().subList(0, 2)) {
      System.out.printf(
          "  %-60s (%s)%n", turn.response().text(), turn.correct() ? "correct" : "incorrect");
    }
    System.out.println();
  }

  // ---- The program.

  /**
   * How much is trained.
   *
   * @param baseSteps optimizer steps of the base
   * @param problems that RISE collects on
   * @param steps optimizer steps of an iteration
   * @param batch examples per step
   * @param heldOut problems of an evaluation
   */
  private record Size(int baseSteps, int problems, int steps, int batch, int heldOut) {}

  private final long seed;
  private final boolean teacher;
  private final Size size;
  private final int hidden;
  private final String rollouts;

  private Quickstart(Arguments arguments) {
    this.seed = arguments.longInteger("seed", 0);
    this.hidden = arguments.integer("hidden", HEAD_SIZE, HIDDEN) / HEAD_SIZE * HEAD_SIZE;
    this.rollouts = arguments.oneOf("rollouts", "none", "8", "4");
    this.teacher = arguments.oneOf("relabel", "teacher", "self").equals("teacher");
    this.size =
        arguments.oneOf("scale", "standard", "tiny").equals("standard")
            ? new Size(1200, 1000, 300, 32, 600)
            : new Size(40, 64, 10, 16, 32);
  }

  private long seed(String use) {
    return 31 * seed + use.hashCode();
  }

  private void run(Path folder) throws IOException {
    Files.createDirectories(folder);
    Path base = folder.resolve("base-" + seed);
    try (OnnxPolicy policy = randomModel(folder)) {
      if (Files.exists(base)) {
        policy.restore(base);
      } else {
        trainBase(policy);
        policy.save(base);
      }
      List<Evaluation> evaluations = rise(policy, folder.resolve("rise-" + seed));
      show(evaluations.get(0), evaluations.get(1));
    }
    System.out.printf(
        "%nThe report is %s%n", folder.resolve("rise-" + seed).resolve("report.html"));
  }

  /** Runs with the options in {@code args}. */
  public static void main(String[] args) {
    Arguments.run(
        USAGE,
        args,
        Set.of("seed", "relabel", "scale", "hidden", "rollouts", "run"),
        Set.of(),
        arguments -> {
          Path temporary = Files.createTempDirectory("rise-quickstart");
          new Quickstart(arguments).run(arguments.path("run").orElse(temporary));
        });
  }
}
