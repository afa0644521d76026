package io.wadi;

import io.wadi.kafka.Causes;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Deque;

/** What commands beside the pipeline have in common: standard output is for their report, and a mistake is said in a line. */
final class Commands {
    /** It could not be done, or was not understood. */
    static final int NOT_DONE = 2;

    private Commands() {}

    /** A command whose arguments may be understood or not. */
    interface Command {
        /**
         * Does it.
         *
         * @return the exit code
         * @throws IllegalArgumentException where an argument is not understood: the message says it all
         * @throws Exception of many kinds where it cannot be done
         */
        int run(PrintStream out) throws Exception;
    }

    /**
     * A command with its arguments, not run yet.
     *
     * @param failed what is said, before the reason, where it cannot be done
     */
    record Given(String failed, Command command) {
        /**
         * Runs it, its report to one stream and a mistake, in a line, to the other.
         *
         * @return the exit code
         */
        int run(PrintStream out, PrintStream err) {
            try {
                return command.run(out);
            } catch (IllegalArgumentException e) {
                err.println(e.getMessage());
            } catch (Exception e) {
                err.println(failed + ": " + Causes.reason(e));
            }
            return NOT_DONE;
        }
    }

    /** Runs a command and ends this process with its exit code. */
    static void end(Given given) {
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "logback-command.xml");
        }
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        int code = given.run(out, System.err);
        out.flush();
        // Not exit(): the clients' shutdown hooks have nothing left to do.
        Runtime.getRuntime().halt(code);
    }

    /** Takes the word after an option. */
    static String valueOf(String option, Deque<String> left, String usage) {
        if (left.isEmpty()) {
            throw new IllegalArgumentException("A value is missing after " + option + ". " + usage);
        }
        return left.remove();
    }

    /** Takes the topic, where there is none yet. */
    static String topic(String before, String word, String usage) {
        if (before != null || word.startsWith("-")) {
            throw new IllegalArgumentException("\"" + word + "\" is not understood. " + usage);
        }
        return word;
    }
}
