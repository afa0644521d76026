package io.wadi;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.cli.Cli;
import io.wadi.cli.Terminal;
import io.wadi.runtime.ExitCode;
import io.wadi.runtime.NotStartedException;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarFile;

/**
 * The main class: runs a command or the pipeline. It is separate from {@link Wadi}, so that Camel and logging are
 * loaded only if they are used.
 */
public final class Entry {
    private static final String LOGGING = "logback.configurationFile";

    private Entry() {}

    /** Runs a command and ends the process with its exit code, or runs the pipeline. */
    public static void main(String[] args) {
        try {
            checkJars(System.getProperty("java.class.path"));
        } catch (NotStartedException e) {
            System.err.print(e.report());
            Runtime.getRuntime().halt(e.code().number());
        }
        if (args.length > 0 && Cli.COMMANDS.contains(args[0]) && System.getProperty(LOGGING) == null) {
            System.setProperty(LOGGING, args[0].equals("connect") ? "logback-connect.xml" : "logback-command.xml");
        }
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, UTF_8);
        Terminal terminal = new Terminal(System.in, out, System.err, Terminal.interactiveConsole());
        int code = Cli.run(terminal, configuration -> Wadi.run(configuration), args);
        // halt() instead of exit(): the shutdown hooks of the clients are not needed.
        Runtime.getRuntime().halt(terminal.exitCode(code, Path.of("/proc/self/fd/1")));
    }

    /**
     * Opens the jars that follow {@code wadi.jar} on the class path, which are those of {@code lib/}, since the JVM
     * ignores jars that it cannot open.
     *
     * @throws NotStartedException if a jar cannot be opened
     */
    static void checkJars(String classPath) {
        String[] entries = classPath.split(File.pathSeparator, -1);
        boolean isShipped = Path.of(entries[0]).endsWith("wadi.jar");
        for (int i = 1; i < entries.length && isShipped; i++) {
            if (entries[i].endsWith(".jar") && Files.exists(Path.of(entries[i]))) {
                try (JarFile jar = new JarFile(entries[i])) {
                    jar.getManifest();
                } catch (IOException e) {
                    throw new NotStartedException(
                            ExitCode.CONFIGURATION, "%s cannot be loaded: %s".formatted(entries[i], e.getMessage()));
                }
            }
        }
    }
}
