package io.wadi.testing;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The command line of a JVM that a test starts beside its own: with the classes of the tests, and with what makes it start in
 * little time: it is compiled once only, as it lives for seconds. The libraries stand before Wadi's own classes, since {@link ClassData} is of a class path's beginning.
 */
public final class ChildJvm {
    private ChildJvm() {}

    /**
     * The command, to be completed or started.
     *
     * @param main the class with the main method
     * @param options of the JVM, such as {@code -Xmx256m}; they win over those that all have
     * @param arguments of the main method
     */
    public static List<String> command(String main, List<String> options, List<String> arguments) {
        return command(main, Stream.concat(ClassData.options().stream(), options.stream()), arguments);
    }

    /** The same without class data, for who measures the heap: from JDK 25 on it holds objects of all classes, used or not. */
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

    /** The beginning of the command, with what class data and those who use it have to agree on. */
    static List<String> jvm() {
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
    static List<String> libraries() {
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
