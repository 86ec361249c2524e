package org.riselm.core.architecture;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.List;
import java.util.Set;

/**
 * The rooms of a module, from the top floor to the bottom. A room is one or several packages: often
 * an exported package and the internal one that it is the door of. A room may use those below it,
 * never those above, so there are no cycles.
 */
public final class Rooms {
  private final String root;
  private final List<Set<String>> floors;

  private Rooms(String root, List<Set<String>> floors) {
    this.root = root;
    this.floors = floors;
  }

  /**
   * Names the rooms of the packages below {@code root}.
   *
   * @param floors top to bottom; packages without the root, "" for the root itself, and single
   *     types of a package, such as ".Device", where they live on another floor than the package
   */
  @SafeVarargs
  @SuppressWarnings("varargs")
  public static Rooms of(String root, Set<String>... floors) {
    return new Rooms(root, List.of(floors));
  }

  /** Returns the rule that every class has a room and uses no room above it. */
  public ArchRule rule() {
    return ArchRuleDefinition.classes()
        .that()
        .resideInAPackage(root + "..")
        .should(new UseNoRoomAbove());
  }

  /** The floor of {@code type}, from 0 at the top; −1 if no room is named for it. */
  private int floor(JavaClass type) {
    String name = type.getName().substring(root.length()).replaceAll("\\$.*", "");
    String place = type.getPackageName().substring(root.length());
    int floor = -1;
    for (int i = 0; i < floors.size(); i++) {
      if (floors.get(i).contains(name)) {
        return i;
      }
      floor = floors.get(i).contains(place) ? i : floor;
    }
    return floor;
  }

  private final class UseNoRoomAbove extends ArchCondition<JavaClass> {
    UseNoRoomAbove() {
      super("use no room above their own");
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
      int here = floor(type);
      if (here < 0) {
        events.add(SimpleConditionEvent.violated(type, type.getName() + " has no room"));
      }
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        JavaClass target = dependency.getTargetClass().getBaseComponentType();
        if (target.getPackageName().startsWith(root) && floor(target) < here) {
          events.add(SimpleConditionEvent.violated(type, dependency.getDescription()));
        }
      }
    }
  }
}
