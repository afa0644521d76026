package io.wadi.local;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The command line of a JVM with this JVM's class path. It uses the C1 compiler only, for a fast start. Libraries come
 * before Wadi's classes, since a class data archive covers a prefix of the class path.
 */
public final class ChildJvm {
    /**
     * The timeout for the start of a JVM by a test or {@code ./wadi up}, even on a machine with a load of ten times its
     * cores.
     */
    public static final Duration START_TIMEOUT = Duration.ofMinutes(5);

    private static volatile Supplier<List<String>> common = List::of;

    private ChildJvm() {}

    /** Sets additional options of all later commands, such as a test run's class data. */
    public static void useOptions(Supplier<List<String>> options) {
        common = options;
    }

    /**
     * Returns the command.
     *
     * @param main the main class
     * @param options JVM options such as {@code -Xmx256m}, which override the common ones
     * @param arguments arguments of the main method
     */
    public static List<String> command(String main, List<String> options, List<String> arguments) {
        return command(main, Stream.concat(common.get().stream(), options.stream()), arguments);
    }

    /**
     * Returns the command without the options of {@link #useOptions}, since class data of JDK 25 and later fills the
     * heap with archived objects.
     */
    public static List<String> plain(String main, List<String> options, List<String> arguments) {
        return command(main, options.stream(), arguments);
    }

    private static List<String> command(String main, Stream<String> options, List<String> arguments) {
        List<String> command = jvm();
        options.forEach(command::add);
        command.addAll(List.of("-cp", classPath(), main));
        command.addAll(arguments);
        return command;
    }

    /** Returns class path and main class of the jar in a project's directory, with the jars of {@code lib/}. */
    public static List<String> jar(Path project) {
        return List.of(
                "-cp",
                project.resolve("target/wadi.jar") + File.pathSeparator + project.resolve("lib/*"),
                "io.wadi.Launch");
    }

    /** Returns the beginning of the command, with the options that must equal those of the class data archive. */
    public static List<String> jvm() {
        List<String> command = new ArrayList<>(List.of(java(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(Ports.childOptions());
        if (Runtime.version().feature() >= 24) {
            command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        }
        return command;
    }

    /** Returns the {@code java} program of this JVM. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** Returns the jars of this JVM's class path, in order. */
    public static List<String> libraries() {
        return entries().filter(each -> !Files.isDirectory(Path.of(each))).toList();
    }

    private static String classPath() {
        return String.join(
                File.pathSeparator,
                Stream.concat(libraries().stream(), entries().filter(each -> Files.isDirectory(Path.of(each))))
                        .toList());
    }

    private static Stream<String> entries() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator));
    }
}
