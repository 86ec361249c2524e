package org.riselm.core.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a module shows its users: the public types of the packages that it exports to everybody. */
public final class ExportedTypes {
  private final Set<String> packages;
  private final Set<String> others;

  private ExportedTypes(Set<String> packages, Set<String> others) {
    this.packages = packages;
    this.others = others;
  }

  /**
   * Names what is exported.
   *
   * @param packages the exported packages
   * @param others types beside {@code java.*} and exported ones that signatures may have, by the
   *     beginnings of their names
   */
  public static ExportedTypes of(Set<String> packages, Set<String> others) {
    return new ExportedTypes(packages, others);
  }

  /** Returns the folder of class files that {@code type} was loaded from. */
  public static Path outputWith(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the packages that the module in {@code output}, a folder or a jar, exports to all. */
  public static Set<String> packages(Path output) {
    return ModuleFinder.of(output).findAll().stream()
        .flatMap(module -> module.descriptor().exports().stream())
        .filter(e -> !e.isQualified())
        .map(ModuleDescriptor.Exports::source)
        .collect(Collectors.toSet());
  }

  /** Returns the names of the public top-level types among {@code classes}. */
  public List<String> topLevel(JavaClasses classes) {
    return classes.stream()
        .filter(c -> isExported(c) && c.isTopLevelClass())
        .map(JavaClass::getName)
        .sorted()
        .toList();
  }

  /** Returns the rule that signatures have only types of the JDK, of exports, and the others. */
  public ArchRule signatures() {
    return ArchRuleDefinition.classes()
        .should(
            new ArchCondition<>("have only exported types in their public signatures") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                if (isExported(type)) {
                  Stream.concat(type.getRawSuperclass().stream(), type.getRawInterfaces().stream())
                      .filter(t -> !isKnown(t))
                      .forEach(
                          t ->
                              events.add(
                                  SimpleConditionEvent.violated(
                                      type, type.getName() + " extends " + t.getName())));
                  members(type)
                      .forEach(
                          member ->
                              member.getAllInvolvedRawTypes().stream()
                                  .map(JavaClass::getBaseComponentType)
                                  .filter(t -> !isKnown(t))
                                  .forEach(
                                      t ->
                                          events.add(
                                              SimpleConditionEvent.violated(
                                                  member,
                                                  member.getFullName() + " has " + t.getName()))));
                }
              }
            })
        .allowEmptyShould(true);
  }

  private static Stream<? extends JavaMember> members(JavaClass type) {
    return type.getMembers().stream()
        .filter(
            m ->
                m.getModifiers().contains(JavaModifier.PUBLIC)
                    || (m.getModifiers().contains(JavaModifier.PROTECTED)
                        && !type.getModifiers().contains(JavaModifier.FINAL)))
        .filter(m -> !m.getModifiers().contains(JavaModifier.SYNTHETIC));
  }

  private boolean isExported(JavaClass type) {
    return packages.contains(type.getPackageName())
        && type.getModifiers().contains(JavaModifier.PUBLIC)
        && type.getEnclosingClass().map(this::isExported).orElse(true);
  }

  private boolean isKnown(JavaClass type) {
    return type.isPrimitive()
        || type.getPackageName().startsWith("java.")
        || packages.contains(type.getPackageName())
        || others.stream().anyMatch(type.getName()::startsWith);
  }
}
