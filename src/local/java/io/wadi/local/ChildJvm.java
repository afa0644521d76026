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
 * The command line of a JVM with this JVM's class path. It compiles once only, which makes it start in little time. The libraries
 * come before Wadi's own classes, since class data covers the beginning of a class path.
 */
public final class ChildJvm {
    /**
     * How long a JVM that a test or {@code ./wadi up} starts may take until it is ready: on a machine with ten times as much to do
     * as it has cores for.
     */
    public static final Duration START_TIMEOUT = Duration.ofMinutes(5);

    private static volatile Supplier<List<String>> common = List::of;

    private ChildJvm() {}

    /** Sets further options of all later commands, computed when the first of these is made. A test run adds its class data. */
    public static void useOptions(Supplier<List<String>> options) {
        common = options;
    }

    /**
     * The command, to be completed or started.
     *
     * @param main the class with the main method
     * @param options of the JVM, such as {@code -Xmx256m}; they win over those that all have
     * @param arguments of the main method
     */
    public static List<String> command(String main, List<String> options, List<String> arguments) {
        return command(main, Stream.concat(common.get().stream(), options.stream()), arguments);
    }

    /** The same without the options of {@link #useOptions}: from JDK 25 on, class data fills the heap with objects of all classes. */
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

    /** The class path and the main class of the jar in a project's directory, with the jars of {@code lib/} behind it. */
    public static List<String> jar(Path project) {
        return List.of(
                "-cp",
                project.resolve("target/wadi.jar") + File.pathSeparator + project.resolve("lib/*"),
                "io.wadi.Launch");
    }

    /** The beginning of the command: the options that class data and the JVMs with it have in common. */
    public static List<String> jvm() {
        List<String> command = new ArrayList<>(List.of(java(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(Ports.childOptions());
        if (Runtime.version().feature() >= 24) {
            command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        }
        return command;
    }

    /** The program, this JVM's own. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** The libraries of this JVM, in their order. */
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
