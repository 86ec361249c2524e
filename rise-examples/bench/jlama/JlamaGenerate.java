import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tjake.jlama.model.AbstractModel;
import com.github.tjake.jlama.model.ModelSupport;
import com.github.tjake.jlama.safetensors.DType;
import com.github.tjake.jlama.tensor.AbstractTensor;
import com.github.tjake.jlama.tensor.KvBufferCache;
import com.github.tjake.jlama.tensor.operations.TensorOperationsProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * What {@code BenchGenerate --greedy --batch 1} does, in Jlama: greedy answers of full length to
 * the same prompt from the same weights. Prints one line of JSON with the same keys; {@code
 * tokens_batch1} begins the answer, to compare.
 *
 * <pre>
 * java --add-modules jdk.incubator.vector -cp … JlamaGenerate.java --model FOLDER
 *   [--prompt 32] [--response 128] [--threads N] [--seconds 1.5] [--working F32] [--weights F32]
 * </pre>
 *
 * <p>{@code --working} is the type that activations are rounded to before a product, {@code
 * --weights} the one that the model is turned into when it is loaded: Jlama is made for I8 and Q4.
 * The loop is that of Jlama's own {@code generate}, without turning tokens into text.
 */
public final class JlamaGenerate {
  private static final int SAID = 8;

  private final AbstractModel model;
  private final KvBufferCache caches;
  private final int[] prompt;
  private final int response;

  private JlamaGenerate(AbstractModel model, int prompt, int response) {
    this.model = model;
    this.caches = new KvBufferCache(model);
    // As Sampled.prompts has them.
    this.prompt =
        new SplittableRandom(5).ints(prompt, 0, model.getConfig().vocabularySize).toArray();
    this.response = response;
  }

  public static void main(String[] args) throws IOException {
    Map<String, String> given = new TreeMap<>();
    for (int i = 0; i < args.length; i += 2) {
      given.put(args[i], args[i + 1]);
    }
    int threads =
        Integer.parseInt(
            given.getOrDefault("--threads", "" + Runtime.getRuntime().availableProcessors()));
    double seconds = Double.parseDouble(given.getOrDefault("--seconds", "1.5"));
    DType working = DType.valueOf(given.getOrDefault("--working", "F32"));
    DType weights = DType.valueOf(given.getOrDefault("--weights", "F32"));
    AbstractModel model =
        ModelSupport.loadModel(
            Path.of(given.get("--model")).toFile(),
            null,
            DType.F32,
            working,
            weights == DType.F32 ? Optional.empty() : Optional.of(weights),
            Optional.of(threads));
    JlamaGenerate generate =
        new JlamaGenerate(
            model,
            Integer.parseInt(given.getOrDefault("--prompt", "32")),
            Integer.parseInt(given.getOrDefault("--response", "128")));
    ObjectNode out = new ObjectMapper().createObjectNode();
    out.put("bench", "generate").put("threads", threads);
    out.put("working", working.toString()).put("weights", weights.toString());
    out.put("operations", TensorOperationsProvider.get().name());
    generate.repeat(seconds, 1);
    out.put("tokensPerSecond_batch1", median(generate.repeat(seconds, 3)));
    ArrayNode said = out.putArray("tokens_batch1");
    generate.answer().stream().limit(SAID).forEach(said::add);
    System.out.println(out.put("peakMiB", peakMebibytes()));
    System.exit(0); // Its threads would go on.
  }

  private List<Double> repeat(double seconds, int least) {
    List<Double> rates = new ArrayList<>();
    long start = System.nanoTime();
    while (rates.size() < least || System.nanoTime() - start < seconds * 1e9) {
      long before = System.nanoTime();
      int made = answer().size();
      rates.add(made * 1e9 / (System.nanoTime() - before));
    }
    return rates;
  }

  private List<Integer> answer() {
    List<Integer> tokens = new ArrayList<>();
    try (KvBufferCache.KvBuffer cache = caches.getEphemeralKvBuffer();
        AbstractTensor logits = model.makeDenseTensor(model.getConfig().vocabularySize)) {
      try (AbstractTensor all = model.batchForward(prompt, 0, cache)) {
        tokens.add(model.sample(all.slice(all.shape().first() - 1), 0, 0, logits));
      }
      for (int at = prompt.length; tokens.size() < response; at++) {
        int last = tokens.get(tokens.size() - 1);
        try (AbstractTensor output = model.forward(last, at, cache, Optional.empty())) {
          tokens.add(model.sample(output, 0, 0, logits));
        }
        cache.incrementContextPosition();
      }
    }
    return tokens;
  }

  private static double median(List<Double> numbers) {
    List<Double> sorted = numbers.stream().sorted().toList();
    int n = sorted.size();
    return (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
  }

  private static long peakMebibytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
        .findFirst()
        .orElse(-1);
  }
}
