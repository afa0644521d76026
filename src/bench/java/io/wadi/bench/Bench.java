package io.wadi.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** {@code ./wadi bench NAME}. Exit codes: 0 measured, 1 not. */
public final class Bench {
    private static final List<String> KNOWN = List.of("landing");

    private Bench() {}

    /** Takes the benchmark's name and its options. */
    public static void main(String[] args) throws Exception {
        try {
            run(args);
        } catch (IllegalArgumentException | IOException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    private static void run(String[] args) throws Exception {
        if (args.length == 0 || !KNOWN.contains(args[0])) {
            String asked = args.length == 0 ? "Which benchmark?" : "There is no benchmark \"" + args[0] + "\".";
            throw new IllegalArgumentException(asked + " Known: " + String.join(", ", KNOWN));
        }
        LandingOptions options = LandingOptions.parse(List.of(args).subList(1, args.length));
        if (options == null) {
            System.out.print(LandingOptions.HELP);
            return;
        }
        new LandingBench(Path.of(System.getProperty("wadi.home", ".")).toAbsolutePath(), options).run();
    }
}
