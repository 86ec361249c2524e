package org.riselm.onnx.text;

import static java.util.Objects.requireNonNull;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import com.google.common.primitives.Ints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.riselm.onnx.internal.gguf.GgufFolder;
import org.riselm.onnx.internal.jinja.RenderedText;

/**
 * Text to token ids and back, as a Hugging Face {@code tokenizer.json} says.
 *
 * <p>Nothing is truncated, padded or added, whatever the file's settings. Nothing is fetched: the
 * native library comes from its jar, and is unpacked once into DJL's cache folder ({@code
 * ~/.djl.ai}, or {@code DJL_CACHE_DIR}), or to a temporary folder if others could write there.
 *
 * <p>Thread-safe. Holds native memory until {@linkplain #close closed}.
 */
public final class Tokenizer implements AutoCloseable {
  private static final long NONE = 0;
  private static final List<String> OTHER_FORMATS =
      List.of("tokenizer.model", "tekken.json", "vocab.json", "vocab.txt");

  private final TokenizersLibrary library = NativeTokenizers.library();
  // Native calls hold the read lock, so that no handle is freed under them.
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final Object secretLock = new Object();
  private final Path file;
  private final TokenizerJson json;
  private final int modelIds;
  // A prompt format has a handful of pieces, and every prompt needs them.
  private final Map<String, int[]> markups = new ConcurrentHashMap<>();
  private long handle;
  private final Map<String, String> secretNames;
  // Knows special tokens by their secret names only. Made when a text first names a special token;
  // most never do.
  private long secretHandle = NONE;

  private Tokenizer(Path file, TokenizerJson json, int modelIds, long handle) {
    this.file = file;
    this.json = json;
    this.modelIds = modelIds;
    this.secretNames = json.secretNames();
    this.handle = handle;
  }

  /**
   * Reads {@code tokenizerJson}, a file, with what {@code tokenizer_config.json}, {@code
   * added_tokens.json} and {@code special_tokens_map.json} beside it say of its tokens.
   *
   * @param tokenizerJson a {@code tokenizer.json}
   * @return the tokenizer
   * @throws IOException if it is missing, is not a tokenizer, or the files disagree about a token's
   *     id; names the file
   */
  public static Tokenizer load(Path tokenizerJson) throws IOException {
    return load(tokenizerJson, Integer.MAX_VALUE);
  }

  /**
   * Reads {@code tokenizerJson} like {@link #load(Path)}, for a model that may have fewer token ids
   * than the tokenizer: a text or markup that needs another is refused.
   *
   * @param tokenizerJson a {@code tokenizer.json}
   * @param modelIds the model's ids are 0 … modelIds − 1
   * @return the tokenizer
   * @throws IOException as {@link #load(Path)} does
   */
  public static Tokenizer load(Path tokenizerJson, int modelIds) throws IOException {
    if (!GgufFolder.exists(tokenizerJson)) {
      throw new IOException(missing(tokenizerJson));
    }
    String text = GgufFolder.text(tokenizerJson);
    Path folder = tokenizerJson.toAbsolutePath().getParent();
    try {
      TokenizerJson json = TokenizerJson.parse(text, requireNonNull(folder, "a file's folder"));
      return new Tokenizer(tokenizerJson, json, modelIds, create(json.root().toString()));
    } catch (IOException e) {
      throw new IOException("%s: %s".formatted(tokenizerJson, e.getMessage()), e);
    }
  }

  private static String missing(Path tokenizerJson) {
    String message =
        "%s: there is no such file; a tokenizer is a Hugging Face tokenizer.json"
            .formatted(tokenizerJson);
    for (String other : OTHER_FORMATS) {
      if (Files.exists(tokenizerJson.resolveSibling(other))) {
        return message
            + ". %s is not read: make a tokenizer.json of it, with AutoTokenizer.from_pretrained(folder).save_pretrained(folder) of transformers"
                .formatted(other);
      }
    }
    return message;
  }

  private static long create(String json) throws IOException {
    TokenizersLibrary library = NativeTokenizers.library();
    long handle;
    try {
      handle = library.createTokenizerFromString(json);
    } catch (RuntimeException e) {
      throw new IOException("the tokenizer cannot be built: " + e.getMessage(), e);
    }
    library.disableTruncation(handle);
    library.disablePadding(handle);
    return handle;
  }

  /**
   * {@return the ids of {@code text}, which is data: the name of a special token in it is spelled
   * out like any other text} An unpaired surrogate counts as U+FFFD.
   *
   * @param text any text
   * @throws UnencodableTextException if the vocabulary cannot express the text; names the file
   */
  public int[] encode(String text) {
    return encode(new SpecialTokens(RenderedText.ofData(text), List.of()));
  }

  /**
   * The ids of {@code text}: the name of a special token is that token where the template wrote it,
   * and is spelled out like any other text where a part of it is data.
   *
   * @throws UnencodableTextException if the vocabulary cannot express the text; names the file
   */
  int[] encode(RenderedText text) {
    return encode(SpecialTokens.find(text, json.special()));
  }

  private int[] encode(SpecialTokens written) {
    String text = written.text().text();
    int[] expected = written.ids().filter(json.reserved()::contains).toArray();
    lock.readLock().lock();
    try {
      int[] ids = encode(open(), text);
      if (!Arrays.equals(reserved(ids), expected)) {
        ids = encode(secret(), written.renamed(secretNames));
      }
      if (!Arrays.equals(reserved(ids), expected)) {
        throw new UnencodableTextException(
            "%s: the text names a special token that this tokenizer cannot spell out: %s"
                .formatted(file, text));
      }
      return ids;
    } finally {
      lock.readLock().unlock();
    }
  }

  private int[] reserved(int[] ids) {
    return Arrays.stream(ids).filter(json.reserved()::contains).toArray();
  }

  /**
   * {@return the ids of {@code markup}, a piece of a prompt format: the name of a special token in
   * it is that token} Never pass text that a user or a model wrote.
   *
   * @param markup a piece of a prompt format
   * @throws UnencodableTextException if the vocabulary cannot express the markup; names the file
   */
  public int[] encodeMarkup(String markup) {
    lock.readLock().lock();
    try {
      long tokenizer = open();
      return markups.computeIfAbsent(markup, m -> encode(tokenizer, m)).clone();
    } finally {
      lock.readLock().unlock();
    }
  }

  private int[] encode(long tokenizer, String text) {
    if (text.isEmpty()) {
      return new int[0];
    }
    long encoding;
    try {
      encoding = library.encode(tokenizer, wellFormed(text), false);
    } catch (RuntimeException e) {
      throw new UnencodableTextException(
          "%s: the text cannot be tokenized (%s): %s".formatted(file, e.getMessage(), text), e);
    }
    try {
      return Arrays.stream(library.getTokenIds(encoding)).mapToInt(this::known).toArray();
    } finally {
      library.deleteEncoding(encoding);
    }
  }

  private int known(long id) {
    if (id >= modelIds) {
      throw new UnencodableTextException(
          "%s: the text needs the token \"%s\" of id %d, and the model's embedding has ids up to %d; leave it out, or resize the model's embedding to its tokenizer"
              .formatted(file, json.nameOf((int) id), id, modelIds - 1));
    }
    return Math.toIntExact(id);
  }

  private static String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return text.codePoints()
            .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
      }
    }
    return text;
  }

  private long secret() {
    synchronized (secretLock) {
      if (secretHandle == NONE) {
        try {
          secretHandle = create(json.renamed(secretNames));
        } catch (IOException e) {
          throw new IllegalStateException("%s: %s".formatted(file, e.getMessage()), e);
        }
      }
      return secretHandle;
    }
  }

  /**
   * {@return the text of {@code ids}, special tokens left out}
   *
   * @param ids token ids
   * @throws IllegalArgumentException if an id is not in the vocabulary's range; names it
   */
  public String decode(int[] ids) {
    for (int id : ids) {
      if (id < 0 || id >= json.size()) {
        throw new IllegalArgumentException(
            "%s: token id %d is outside the vocabulary of %d".formatted(file, id, json.size()));
      }
    }
    if (ids.length == 0) {
      return "";
    }
    lock.readLock().lock();
    try {
      return library.decode(open(), Arrays.stream(ids).asLongStream().toArray(), true);
    } finally {
      lock.readLock().unlock();
    }
  }

  /**
   * {@return the text of ids that a model sampled} Models are often padded beyond their tokenizer;
   * an id that no token has stands for no text.
   *
   * @param ids token ids
   */
  public String decodeSampled(int[] ids) {
    return decode(Arrays.stream(ids).filter(id -> id < json.size()).toArray());
  }

  /** The text that {@code ids} add where other text stands before them. */
  String decodeWithin(int[] ids) {
    int[] anchor = Arrays.copyOf(ids, Math.min(1, ids.length));
    String before = decodeSampled(anchor);
    String both = decodeSampled(Ints.concat(anchor, ids));
    return both.startsWith(before) ? both.substring(before.length()) : both;
  }

  /**
   * {@return this as the text of a {@code tokenizer.json}, with the tokens that the files beside it
   * have}
   */
  public String toJson() {
    return json.root().toString();
  }

  /** {@return the special tokens and their ids, in the file's order} */
  public Map<String, Integer> specialTokens() {
    return Collections.unmodifiableMap(json.special());
  }

  /**
   * {@return the id of {@code token}, empty if there is no such token}
   *
   * @param token the text of a token
   */
  public OptionalInt id(String token) {
    Integer id = json.ids().get(requireNonNull(token, "token"));
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /**
   * {@return the id of {@code token}}
   *
   * @param token the text of a token
   * @throws IllegalArgumentException if there is no such token; names it and the file
   */
  public int idOf(String token) {
    return id(token)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s: there is no token \"%s\" among its %d"
                        .formatted(file, token, json.ids().size())));
  }

  /** {@return one more than the largest id: a model's vocabulary must be at least this large} */
  public int vocabularySize() {
    return json.size();
  }

  private long open() {
    if (handle == NONE) {
      throw new IllegalStateException("%s: the tokenizer is closed".formatted(file));
    }
    return handle;
  }

  /** Frees the native memory, once running calls are done. Closing twice is harmless. */
  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      for (long h : new long[] {handle, secretHandle}) {
        if (h != NONE) {
          library.deleteTokenizer(h);
        }
      }
      handle = NONE;
      secretHandle = NONE;
    } finally {
      lock.writeLock().unlock();
    }
  }
}
