package org.riselm.spark;

import java.io.IOException;

/** What every policy owes its callers, if executors compute its gradients. */
class GradientSharesContractTest extends SparkPolicyContractTest {
  @Override
  protected SparkPolicy createPolicy() throws IOException {
    return SparkPolicy.builder(SPARK.context(), Tiny.factory(Tiny.tokenizer(folder)))
        .gradientShares(3)
        .build();
  }

  @Override
  protected org.riselm.core.policy.TrainingOptions training() {
    return super.training().toBuilder().steps(40).build();
  }
}
