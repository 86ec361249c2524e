package org.riselm.core.policy;

/**
 * What a training run did.
 *
 * @param examples that were offered
 * @param steps optimizer steps
 * @param skipped of them, those that changed nothing for want of finite numbers
 * @param tokens put through the model, padding not counted
 * @param targetTokens of them, response tokens that were learned
 * @param firstLoss mean loss of the first tenth of the steps, in nats per token
 * @param lastLoss mean loss of the last tenth
 * @param seconds it took
 */
public record TrainingSummary(
    int examples,
    int steps,
    int skipped,
    long tokens,
    long targetTokens,
    double firstLoss,
    double lastLoss,
    double seconds) {}
