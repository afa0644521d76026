package io.wadi.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** {@code ./wadi bench NAME}. Exits with 0 if the benchmark has run, otherwise with 1. */
public final class Bench {
    private static final String KNOWN =
            "landing, intake, deduplication, indexing, tables, metrics, streams, cards, mirror, scale, start, scrape, receipts, siege";

    private Bench() {}

    /** Runs a benchmark. Arguments: its name and its options. */
    public static void main(String[] args) throws Exception {
        try {
            run(args);
        } catch (IllegalArgumentException | IOException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    private static void run(String[] args) throws Exception {
        if (args.length == 0) {
            throw new IllegalArgumentException("Which benchmark? Known: " + KNOWN);
        }
        Path project = Path.of(System.getProperty("wadi.home", ".")).toAbsolutePath();
        List<String> given = List.of(args).subList(1, args.length);
        switch (args[0]) {
            case "landing" -> {
                LandingOptions options = LandingOptions.parse(given);
                if (options == null) {
                    System.out.print(LandingOptions.HELP);
                } else {
                    new LandingBench(project, options).run();
                }
            }
            case "intake" -> {
                IntakeOptions options = IntakeOptions.parse(given);
                if (options == null) {
                    System.out.print(IntakeOptions.HELP);
                } else {
                    new IntakeBench(project, options).run();
                }
            }
            case "indexing" -> {
                IndexingOptions options = IndexingOptions.parse(given);
                if (options == null) {
                    System.out.print(IndexingOptions.HELP);
                } else {
                    new IndexingBench(project, options).run();
                }
            }
            case "tables" -> {
                TablesOptions options = TablesOptions.parse(given);
                if (options == null) {
                    System.out.print(TablesOptions.HELP);
                } else {
                    new TablesBench(project, options).run();
                }
            }
            case "metrics" -> {
                MetricsOptions options = MetricsOptions.parse(given);
                if (options == null) {
                    System.out.print(MetricsOptions.HELP);
                } else {
                    new MetricsBench(project, options).run();
                }
            }
            case "streams" -> {
                StreamsOptions options = StreamsOptions.parse(given);
                if (options == null) {
                    System.out.print(StreamsOptions.HELP);
                } else {
                    new StreamsBench(project, options).run();
                }
            }
            case "cards" -> {
                CardsOptions options = CardsOptions.parse(given);
                if (options == null) {
                    System.out.print(CardsOptions.HELP);
                } else {
                    new CardsBench(project, options).run();
                }
            }
            case "mirror" -> {
                MirrorOptions options = MirrorOptions.parse(given);
                if (options == null) {
                    System.out.print(MirrorOptions.HELP);
                } else {
                    new MirrorBench(project, options).run();
                }
            }
            case "scale" -> {
                ScaleOptions options = ScaleOptions.parse(given);
                if (options == null) {
                    System.out.print(ScaleOptions.HELP);
                } else {
                    new ScaleBench(project, options).run();
                }
            }
            case "start" -> {
                StartOptions options = StartOptions.parse(given);
                if (options == null) {
                    System.out.print(StartOptions.HELP);
                } else {
                    new StartBench(project, options).run();
                }
            }
            case "siege" -> {
                SiegeOptions options = SiegeOptions.parse(given);
                if (options == null) {
                    System.out.print(SiegeOptions.HELP);
                } else {
                    new SiegeBench(project, options).run();
                }
            }
            case "scrape" -> ScrapeBench.run();
            case "receipts" -> ReceiptsBench.run(project);
            case "deduplication" -> DeduplicationBench.run(project);
            default -> throw new IllegalArgumentException("There is no benchmark \"" + args[0] + "\". Known: " + KNOWN);
        }
    }
}
