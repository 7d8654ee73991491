package io.alidade.cli;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import io.alidade.core.AlidadeException;
import java.util.ArrayList;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The rules of `docs/architecture.md`: arrows between modules point downwards only, and heavy
/// dependencies stay where they belong.
class ModuleRulesTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.alidade");

  @ParameterizedTest
  @CsvSource({
    "core,   ''",
    "data,   core",
    "tensor, core",
    "model,  core tensor",
    "onnx,   core tensor model",
    "synth,  core data",
    "train,  core data tensor model",
    "eval,   core data",
    "mine,   core data eval",
  })
  void module_dependencies_pointDownwards(String module, String allowed) {
    var packages = new ArrayList<String>();
    packages.add("io.alidade." + module + "..");
    allowed
        .lines()
        .flatMap(line -> Arrays.stream(line.split(" ", -1)))
        .filter(name -> !name.isEmpty())
        .forEach(name -> packages.add("io.alidade." + name + ".."));
    noClasses()
        .that()
        .resideInAPackage("io.alidade." + module + "..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("io.alidade..")
                .and(not(resideInAnyPackage(packages.toArray(String[]::new)))))
        .because("docs/architecture.md lets " + module + " see " + packages)
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @ParameterizedTest
  @CsvSource({
    "org.bytedeco..,          tensor",
    "ai.djl..,                model onnx",
    "ai.onnxruntime..,        onnx",
    "com.openai..,            synth",
    "de.kherud..,             synth",
    "dev.langchain4j..,       synth",
    "com.github.pemistahl..,  synth",
    "org.apache.lucene..,     eval",
    "org.apache.tika..,       synth",
    "picocli..,               cli",
  })
  void library_use_staysInItsModules(String library, String modules) {
    String[] packages =
        Arrays.stream(modules.split(" ", -1))
            .map(module -> "io.alidade." + module + "..")
            .toArray(String[]::new);
    noClasses()
        .that()
        .resideOutsideOfPackages(packages)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(CLASSES);
  }

  @Test
  void packages_cycles_areNone() {
    SlicesRuleDefinition.slices()
        .matching("io.alidade.(*)..")
        .should()
        .beFreeOfCycles()
        .check(CLASSES);
  }

  @Test
  void exceptions_own_areForPeople() {
    classes()
        .that()
        .areAssignableTo(Exception.class)
        .should()
        .beAssignableTo(AlidadeException.class)
        .because("the command line prints these without a trace")
        .check(CLASSES);
  }
}
