package org.riselm.onnx.artifact;

/**
 * The numbers that ONNX Runtime's checkpoint schema gives to the fields of its tables, and how many
 * each table has.
 */
final class CheckpointFormat {
  static final String IDENTIFIER = "ODTC";
  static final int VERSION = 2;
  static final String GROUP = "group0";

  private CheckpointFormat() {}

  static final class Root {
    static final int VERSION = 0;
    static final int MODULE_STATE = 1;
    static final int OPTIMIZER_GROUPS = 2;
    static final int PROPERTY_BAG = 3;
    static final int FIELDS = 4;

    private Root() {}
  }

  static final class Module {
    static final int TRAINABLE = 0;
    static final int FROZEN = 1;
    static final int NOMINAL = 2;
    static final int EXTERNAL = 3;
    static final int FIELDS = 4;

    private Module() {}
  }

  static final class Group {
    static final int NAME = 0;
    static final int STEP = 1;
    static final int INITIAL_LEARNING_RATE = 2;
    static final int STATES = 3;
    static final int FIELDS = 4;

    private Group() {}
  }

  static final class ParameterState {
    static final int NAME = 0;
    static final int MOMENTS = 1;
    static final int FIELDS = 2;

    private ParameterState() {}
  }

  static final class Bag {
    static final int INTS = 0;
    static final int FLOATS = 1;
    static final int STRINGS = 2;
    static final int FIELDS = 3;

    private Bag() {}
  }

  static final class Property {
    static final int NAME = 0;
    static final int VALUE = 1;
    static final int FIELDS = 2;

    private Property() {}
  }

  static final class TensorTable {
    static final int NAME = 0;
    static final int DIMENSIONS = 2;
    static final int TYPE = 3;
    static final int RAW_DATA = 4;
    static final int EXTERNAL_OFFSET = 6;
    static final int FIELDS = 7;

    private TensorTable() {}
  }
}
