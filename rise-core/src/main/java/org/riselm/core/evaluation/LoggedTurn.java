package org.riselm.core.evaluation;

/**
 * One answer of an evaluation.
 *
 * @param answer its number among the problem's different answers, from 0 as they first came; −1 if
 *     none could be read
 * @param right whether it is
 * @param tokens that were sampled for it
 * @param changed how much of the response is new against the turn before, in words, from 0 to 1
 *     (edit distance over the longer text's length); 0 at the first turn
 * @param failed whether it could not be had or scored
 */
public record LoggedTurn(int answer, boolean right, int tokens, double changed, boolean failed) {}
