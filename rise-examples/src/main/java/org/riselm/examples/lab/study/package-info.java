/**
 * The study of the paper's claims on the quickstart's task: {@link org.riselm.examples.Study} runs
 * it. An {@link org.riselm.examples.lab.study.Arm} is one way to train; a {@link
 * org.riselm.examples.lab.study.Lab} is what all arms of one seed share.
 */
@NullMarked
package org.riselm.examples.lab.study;

import org.jspecify.annotations.NullMarked;
