package io.destine.spark;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.rdd.RDD;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  /** Main classes, in whatever directory a profile builds them. */
  private static final ImportOption MAIN =
      location ->
          !location.contains("/test-classes/") && !location.contains("/io/destine/testing/");

  private static final JavaClasses CLASSES =
      new ClassFileImporter().withImportOption(MAIN).importPackages("io.destine.spark");

  /** Rows in Spark's internal form are left aside: sources and sinks of others are made of them. */
  private static final Pattern INTERNAL =
      Pattern.compile(
          "org\\.apache\\.spark\\.(network|SecurityManager|rpc|memory|deploy|executor|internal|metrics|shuffle"
              + "|MapOutput\\w+|sql\\.execution|sql\\.internal|sql\\.catalyst\\.(plans|catalog)"
              + "|util\\.(?!Serializable|Long|Accumulator)\\w+)");

  /** What subclasses of an RDD are meant to define. */
  private static final Set<String> OF_AN_RDD =
      Set.of("compute", "getPartitions", "getPreferredLocations", "getDependencies");

  @Test
  void packagesFormADag() {
    slices().matching("io.destine.spark.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  /**
   * Spark throws checked exceptions that it does not declare, such as SparkException: a handler of
   * RuntimeException does not see them.
   */
  @Test
  void nobodyCatchesRuntimeExceptionAlone() {
    assertThat(
            CLASSES.stream()
                .flatMap(c -> c.getCodeUnits().stream())
                .filter(
                    unit ->
                        unit.getTryCatchBlocks().stream()
                            .flatMap(block -> block.getCaughtThrowables().stream())
                            .anyMatch(thrown -> thrown.isEquivalentTo(RuntimeException.class)))
                .map(JavaCodeUnit::getFullName))
        .isEmpty();
  }

  /** The code map of ARCHITECTURE.md lists the packages; each imports only from those above it. */
  @Test
  void packagesKeepTheDocumentedOrder() throws IOException {
    List<String> order = documented("spark-job, `io.destine.spark`");
    assertThat(
            CLASSES.stream()
                .map(c -> c.getPackageName().replaceFirst("^io\\.destine\\.spark\\.?", ""))
                .map(name -> name.replaceFirst("\\..*", ""))
                .filter(name -> !name.isEmpty()))
        .containsOnlyElementsOf(order);
    for (int i = 0; i < order.size() - 1; i++) {
      String[] below =
          order.subList(i + 1, order.size()).stream()
              .map(name -> "io.destine.spark." + name + "..")
              .toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage("io.destine.spark." + order.get(i) + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(below)
          .check(CLASSES);
    }
  }

  /** The packages in the table of ARCHITECTURE.md with the given head, top to bottom. */
  private static List<String> documented(String head) throws IOException {
    List<String> packages = new ArrayList<>();
    boolean inTable = false;
    for (String line : Files.readAllLines(Path.of("..", "ARCHITECTURE.md"))) {
      inTable = line.startsWith("|") && (inTable || line.startsWith("| " + head + " |"));
      if (inTable && line.startsWith("| `")) {
        packages.add(line.substring(3, line.indexOf('`', 3)));
      }
    }
    return packages;
  }

  @Test
  void reportsKnowNothingOfTheJob() {
    classes()
        .that()
        .resideInAPackage("io.destine.spark.report..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("io.destine.spark.report..", "java..", "com.fasterxml.jackson..")
        .check(CLASSES);
  }

  /** A method reference or a call in a lambda counts for the class it stands in. */
  @Test
  void treeAggregateIsCalledFromOneClass() {
    Set<String> callers =
        CLASSES.stream()
            .flatMap(c -> c.getAccessesFromSelf().stream())
            .filter(access -> access.getTarget().getName().startsWith("treeAggregate"))
            .map(JavaAccess::getOriginOwner)
            .map(JavaClass::getName)
            .collect(Collectors.toSet());
    assertThat(callers).containsExactly("io.destine.spark.train.GradientAggregation");
  }

  @Test
  void onlyCommandsWriteToStandardOutput() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.destine.spark.app..")
        .should()
        .accessField(System.class, "out")
        .check(CLASSES);
  }

  @Test
  void tensorsStayInTheCore() {
    noClasses().should().dependOnClassesThat().resideInAPackage("org.nd4j..").check(CLASSES);
  }

  /**
   * Apart from Spark's own channels, no data from disk or network is read by Java serialization.
   */
  @Test
  void nothingIsReadByJavaSerialization() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .areAssignableTo(ObjectInputStream.class)
        .check(new ClassFileImporter().withImportOption(MAIN).importPackages("io.destine"));
  }

  @Test
  void theInternalsOfSparkAreUsedInOnePackage() {
    assertThat(users(INTERNAL)).containsExactly("internals");
    noClasses()
        .that()
        .resideInAPackage("io.destine.spark.internals")
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.destine..").and(not(resideInAPackage("..internals"))))
        .check(CLASSES);
  }

  /** The project's packages that use classes of Spark whose names begin with the pattern. */
  private static Set<String> users(Pattern names) {
    return CLASSES.stream()
        .flatMap(ours -> ours.getDirectDependenciesFromSelf().stream())
        .filter(use -> names.matcher(use.getTargetClass().getName()).lookingAt())
        .map(use -> use.getOriginClass().getPackageName().replace("io.destine.spark.", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The calls between the methods of an RDD are internal to Spark. */
  @Test
  void otherMethodsOfAnRddAreOverriddenInOnePackage() {
    Set<String> overriding =
        CLASSES.stream()
            .filter(ours -> ours.isAssignableTo(RDD.class))
            .flatMap(ours -> ours.getMethods().stream())
            .filter(method -> !method.getModifiers().contains(JavaModifier.STATIC))
            .filter(method -> !OF_AN_RDD.contains(method.getName()))
            .filter(method -> isOfAnRdd(method.getName()))
            .map(method -> method.getOwner().getPackageName())
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(overriding).containsExactly("io.destine.spark.internals");
  }

  private static boolean isOfAnRdd(String method) {
    return Arrays.stream(RDD.class.getMethods()).anyMatch(of -> of.getName().equals(method));
  }
}
