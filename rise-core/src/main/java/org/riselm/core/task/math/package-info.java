/**
 * Decides whether two answers to a mathematical problem mean the same, and finds the answer in a
 * response. Enter at {@link org.riselm.core.task.math.AnswerEquivalence} and {@link
 * org.riselm.core.task.math.AnswerExtraction}; {@code docs/tasks.md} has the rules.
 *
 * <p>An answer is read by {@code Lexer} and {@code Parser} into a tree of {@code Node}s, and {@code
 * Comparison} walks two trees. Scalars are compared as quotients of polynomials with rational
 * coefficients over roots of primes, π, e, i and variables, which is exact; what has no such form
 * is compared numerically.
 */
@NullMarked
package org.riselm.core.task.math;

import org.jspecify.annotations.NullMarked;
