package org.riselm.onnx.internal.gguf;

/**
 * Which of a file's rows a row of Hugging Face's is. Files of the architecture "llama" interleave
 * the two halves of every head of queries and keys, which rotate together.
 *
 * @param headSize rows of a head; 0 for the same order
 */
record RowOrder(int headSize) {
  static final RowOrder PLAIN = new RowOrder(0);

  boolean isPlain() {
    return headSize == 0;
  }

  /** Returns the place in the file of Hugging Face's row. */
  long stored(long row) {
    if (isPlain()) {
      return row;
    }
    long in = row % headSize;
    long half = headSize / 2;
    return row - in + in % half * 2 + in / half;
  }

  /** Returns Hugging Face's row at a place in the file. */
  long given(long stored) {
    if (isPlain()) {
      return stored;
    }
    long in = stored % headSize;
    return stored - in + in / 2 + in % 2 * (headSize / 2);
  }
}
