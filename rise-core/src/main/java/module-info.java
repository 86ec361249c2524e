/**
 * RISE: multi-turn introspective fine-tuning of language models. Enter at {@link
 * org.riselm.core.RiseTrainer}.
 */
@SuppressWarnings("module") // The backend, which is named below, is built later.
module org.riselm.core {
  requires static transitive org.jspecify;
  // Only org.riselm.core.teacher needs it. The name comes from the file's, until LangChain4j has
  // one.
  requires static langchain4j.core;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires com.google.common;
  requires dev.failsafe.core;

  exports org.riselm.core;
  exports org.riselm.core.evaluation;
  exports org.riselm.core.inference;
  exports org.riselm.core.mdp;
  exports org.riselm.core.objective;
  exports org.riselm.core.policy;
  exports org.riselm.core.policy.spi;
  exports org.riselm.core.relabel;
  exports org.riselm.core.rollout;
  exports org.riselm.core.run;
  exports org.riselm.core.task;
  exports org.riselm.core.task.math;
  exports org.riselm.core.teacher;

  // The backend writes folders and derives seeds as the core does.
  exports org.riselm.core.internal.util to
      org.riselm.onnx;

  // Records of the run directory.
  opens org.riselm.core.internal.run to
      com.fasterxml.jackson.databind;
}
