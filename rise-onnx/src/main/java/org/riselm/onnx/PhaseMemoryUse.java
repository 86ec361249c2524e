package org.riselm.onnx;

/**
 * What a phase, of sampling, training or scoring, used of a device's memory, in bytes.
 *
 * @param phase its name: {@code sampling}, {@code training} or {@code scoring}
 * @param planned what was predicted before it
 * @param used at most at once
 * @param left still in use behind it: the sampler's weights and cache, until the next phase of
 *     another kind; 0 behind training and scoring
 */
public record PhaseMemoryUse(String phase, long planned, long used, long left) {}
