package org.riselm.spark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.State;
import org.riselm.core.policy.TrainablePolicyContract;
import org.riselm.core.policy.TrainingOptions;

/** What every policy owes its callers, through Spark. */
class SparkPolicyContractTest extends TrainablePolicyContract {
  @RegisterExtension static final Local SPARK = new Local();

  @TempDir Path folder;

  @Override
  protected SparkPolicy createPolicy() throws IOException {
    return SparkPolicy.builder(SPARK.context(), Tiny.factory(Tiny.tokenizer(folder)))
        .queriesPerTask(3)
        .build();
  }

  @Override
  protected List<State> states() {
    return List.of(
        Tiny.state("sky"), Tiny.state("grass rose"), Tiny.state("fog", "red", "blue gold"));
  }

  @Override
  protected TrainingOptions training() {
    return TrainingOptions.builder().learningRate(0.01).steps(60).batchSize(3).build();
  }

  @Override
  protected List<Example> examples() {
    return List.of(
        new Example(Tiny.state("sky"), Response.ofText("blue"), 1),
        new Example(Tiny.state("grass rose"), Response.ofText("green red"), 1),
        new Example(Tiny.state("sky", "green"), Response.ofText("gold gold blue"), 1));
  }

  @Override
  protected Example invalidExample() {
    return new Example(Tiny.state("sky"), Response.ofText("red ".repeat(40).strip()), 1);
  }
}
