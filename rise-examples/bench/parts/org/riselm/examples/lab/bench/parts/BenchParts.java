package org.riselm.examples.lab.bench.parts;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * What small parts take, by JMH, whose options and patterns it understands ({@code -h} lists them).
 * Prints what JMH prints, and at the end a line of JSON: of every part the microseconds of a call,
 * and the half-width of the 99.9 % interval.
 */
public final class BenchParts {
  private static final int MEASURED = 3;

  private BenchParts() {}

  /** Measures, and prints. */
  public static void main(String[] args) throws CommandLineOptionException, RunnerException {
    CommandLineOptions given = new CommandLineOptions(args);
    if (given.shouldHelp()) {
      try {
        given.showHelp();
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      return;
    }
    OptionsBuilder options = new OptionsBuilder();
    options.parent(given);
    if (!given.getForkCount().hasValue()) {
      options.forks(1);
    }
    if (!given.getWarmupIterations().hasValue()) {
      options.warmupIterations(2).warmupTime(TimeValue.seconds(1));
    }
    if (!given.getMeasurementIterations().hasValue()) {
      options.measurementIterations(MEASURED).measurementTime(TimeValue.seconds(1));
    }
    ObjectNode out = new ObjectMapper().createObjectNode();
    ArrayNode parts = out.put("bench", "parts").putArray("parts");
    for (RunResult result : new Runner(options.build()).run()) {
      BenchmarkParams of = result.getParams();
      Result<?> primary = result.getPrimaryResult();
      ObjectNode part = parts.addObject();
      part.put("part", of.getBenchmark().replaceFirst("^.*\\.(\\w+\\.\\w+)$", "$1"));
      of.getParamsKeys().forEach(key -> part.put(key, of.getParam(key)));
      part.put("microseconds", primary.getScore()).put("error", primary.getScoreError());
    }
    System.out.println(out);
  }
}
