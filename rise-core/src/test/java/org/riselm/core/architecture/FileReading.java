package org.riselm.core.architecture;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Files;
import org.riselm.core.internal.util.InputFiles;

/** Holds whoever reads a whole file to the one reader that knows what files may be. */
public final class FileReading {
  private FileReading() {}

  /**
   * The rule; what the system writes itself below {@code /proc} and {@code /sys} is read freely.
   */
  public static ArchRule rule() {
    return noClasses()
        .that()
        .doNotBelongToAnyOf(InputFiles.class)
        .and()
        .haveNameNotMatching(".*\\.(ProcessMemory|AvailableMemory)")
        .should()
        .callMethodWhere(
            target(owner(JavaClass.Predicates.equivalentTo(Files.class)))
                .and(
                    target(nameMatching("read(String|AllBytes|AllLines)|lines|newBufferedReader"))))
        .because("InputFiles skips byte-order marks, and refuses pointers of Git LFS and pipes");
  }
}
