package dev.vls.control;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Collection;
import java.util.Date;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** The directions between modules, and what must not be within the determinism boundary. */
@AnalyzeClasses(packages = "dev.vls", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    /** What stands within the boundary: everything in the machine but its ports to the host. */
    private static final DescribedPredicate<JavaClass> DETERMINISTIC =
            resideInAPackage("dev.vls.machine..")
                    .and(not(resideInAPackage("dev.vls.machine.host..")));

    /**
     * Reserving guest memory is the one thing that needs the host: mmap(2), and how much there is.
     */
    private static final DescribedPredicate<JavaClass> HOST_MEMORY = simpleName("HostMapping");

    /** Looks prototypes up by identity and never iterates over them. */
    private static final DescribedPredicate<JavaClass> DECODER = simpleName("Decoder");

    @ArchTest
    static final ArchRule MODULES_DEPEND_ONE_WAY =
            layeredArchitecture()
                    .consideringOnlyDependenciesInLayers()
                    .withOptionalLayers(true)
                    .layer("xen-bindings")
                    .definedBy("dev.vls.xen..")
                    .layer("traces")
                    .definedBy("dev.vls.trace..")
                    .layer("pv-machine")
                    .definedBy("dev.vls.machine..")
                    .layer("replay-engine")
                    .definedBy("dev.vls.replay..")
                    .layer("migration")
                    .definedBy("dev.vls.migration..")
                    .layer("vls-control")
                    .definedBy("dev.vls.control..")
                    .whereLayer("xen-bindings")
                    .mayNotAccessAnyLayer()
                    .whereLayer("traces")
                    .mayNotAccessAnyLayer()
                    .whereLayer("pv-machine")
                    .mayOnlyAccessLayers("xen-bindings")
                    .whereLayer("replay-engine")
                    .mayOnlyAccessLayers("pv-machine", "traces", "xen-bindings")
                    .whereLayer("migration")
                    .mayOnlyAccessLayers("replay-engine", "pv-machine", "traces", "xen-bindings");

    @ArchTest
    static final ArchRule THE_MACHINE_READS_NO_CLOCK =
            noClasses()
                    .that(are(DETERMINISTIC))
                    .should()
                    .callMethod(System.class, "currentTimeMillis")
                    .orShould()
                    .callMethod(System.class, "nanoTime")
                    .orShould()
                    .dependOnClassesThat()
                    .resideInAnyPackage("java.time..", "java.text..")
                    .orShould()
                    .dependOnClassesThat()
                    .areAssignableTo(Date.class);

    @ArchTest
    static final ArchRule THE_MACHINE_IS_NOT_RANDOM =
            noClasses()
                    .that(are(DETERMINISTIC))
                    .should()
                    .dependOnClassesThat()
                    .areAssignableTo(Random.class)
                    .orShould()
                    .dependOnClassesThat()
                    .areAssignableTo(RandomGenerator.class)
                    .orShould()
                    .dependOnClassesThat()
                    .areAssignableTo(UUID.class)
                    .orShould()
                    .callMethod(Math.class, "random")
                    .orShould()
                    .callMethod(System.class, "identityHashCode", Object.class)
                    .orShould()
                    .callMethodWhere(
                            target(name("hashCode")).and(target(owner(name("java.lang.Object")))));

    @ArchTest
    static final ArchRule THE_MACHINE_HAS_ONE_THREAD =
            noClasses()
                    .that(are(DETERMINISTIC))
                    .should()
                    .dependOnClassesThat()
                    .areAssignableTo(Thread.class)
                    .orShould()
                    .dependOnClassesThat()
                    .resideInAnyPackage("java.util.concurrent..");

    @ArchTest
    static final ArchRule THE_MACHINE_ITERATES_IN_ONE_ORDER =
            noClasses()
                    .that(are(DETERMINISTIC))
                    .and(are(not(DECODER)))
                    .should()
                    .dependOnClassesThat(hashOrdered())
                    .orShould()
                    .callMethodWhere(
                            target(name("of")).and(target(owner(name(Map.class.getName())))))
                    .orShould()
                    .callMethodWhere(
                            target(name("of")).and(target(owner(name(Set.class.getName())))));

    @ArchTest
    static final ArchRule THE_MACHINE_DOES_NO_INPUT_OR_OUTPUT =
            noClasses()
                    .that(are(DETERMINISTIC))
                    .and(are(not(HOST_MEMORY)))
                    .should()
                    .dependOnClassesThat(
                            resideInAnyPackage(
                                            "java.nio.file..", "java.nio.channels..", "java.net..")
                                    .or(reachesTheHost()))
                    .orShould()
                    .accessField(System.class, "out")
                    .orShould()
                    .accessField(System.class, "err")
                    .orShould()
                    .accessField(System.class, "in")
                    .orShould()
                    .callMethod(System.class, "getenv", String.class)
                    .orShould()
                    .callMethod(System.class, "getProperty", String.class);

    @ArchTest
    static final ArchRule THE_ABI_STANDS_ON_THE_JDK_ALONE =
            classes()
                    .that()
                    .resideInAPackage("dev.vls.xen.abi..")
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage("dev.vls.xen.abi..", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule THE_VERIFIER_OF_TRACES_SHARES_NOTHING_WITH_THEIR_READER =
            classes()
                    .that()
                    .resideInAPackage("dev.vls.trace.verify..")
                    .should()
                    .onlyDependOnClassesThat(
                            not(
                                    resideInAPackage("dev.vls..")
                                            .and(not(resideInAPackage("dev.vls.trace.verify..")))));

    @ArchTest
    static final ArchRule THE_READER_OF_TRACES_SHARES_NOTHING_WITH_THEIR_VERIFIER =
            noClasses()
                    .that()
                    .resideInAPackage("dev.vls.trace")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("dev.vls.trace.verify..");

    private static DescribedPredicate<JavaClass> hashOrdered() {
        Collection<String> types =
                Set.of(
                        "java.util.HashMap",
                        "java.util.HashSet",
                        "java.util.Hashtable",
                        "java.util.IdentityHashMap",
                        "java.util.WeakHashMap");
        return DescribedPredicate.describe(
                "iterate in the order of hash codes", type -> types.contains(type.getName()));
    }

    /** Streams in memory are fine; these are not. */
    private static DescribedPredicate<JavaClass> reachesTheHost() {
        Collection<String> types =
                Set.of(
                        "java.io.File",
                        "java.io.FileInputStream",
                        "java.io.FileOutputStream",
                        "java.io.FileReader",
                        "java.io.FileWriter",
                        "java.io.RandomAccessFile",
                        "java.io.PrintStream",
                        "java.lang.Process",
                        "java.lang.ProcessBuilder",
                        "java.lang.Runtime");
        return DescribedPredicate.describe(
                "reach the host", type -> types.contains(type.getName()));
    }
}
