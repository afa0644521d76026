package io.wadi.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    private static final List<Figure<Double>> FIGURES = List.of(
            Figure.compared("rate", "events/s", "ratios", round -> round),
            Figure.of("half", "halves", round -> round / 2),
            Figure.of("none", "nothing", round -> Double.NaN));

    @Test
    void median_ofAnEvenNumber_isBetweenTheMiddleOnes() {
        assertThat(Report.median(List.of(9.0, 1.0, 4.0, 2.0), round -> round)).isEqualTo(3);
        assertThat(Report.median(List.of(9.0, 1.0, 4.0), round -> round)).isEqualTo(4);
    }

    @Test
    void ratio_isTakenWithinEachRound() {
        // Both were slow in the second round; the ratio of the medians would be 1.
        List<Double> of = List.of(100.0, 10.0, 90.0);
        List<Double> to = List.of(200.0, 20.0, 90.0);

        assertThat(Report.ratio(of, to, round -> round)).isEqualTo(0.5);
    }

    @Test
    void figures_compareAllWithTheLimit_andWadiWithAll(@TempDir Path directory) throws IOException {
        FigureReport report = new FigureReport("intake", "abc");
        Map<String, List<Double>> rounds = Map.of(
                "wadi", List.of(900.0),
                "bare", List.of(1_000.0),
                "spring", List.of(600.0));

        String table = report.add("64 connections", rounds, FIGURES, 0.5);
        Path file = directory.resolve("intake.json");
        report.write(file);

        JsonNode sent = new ObjectMapper().readTree(file.toFile()).at("/cases/0");
        assertThat(sent.at("/ratios").toString())
                .contains("\"wadi/bare\":0.9", "\"spring/bare\":0.6", "\"wadi/spring\":1.5");
        assertThat(sent.at("/subjects/wadi").toString()).isEqualTo("{\"median\":900,\"rounds\":[900],\"half\":450.0}");
        assertThat(table).contains("wadi/spring: events/s 1.50").contains("1,000");
    }

    @Test
    void ratiosOfAMachineWithOtherWork_areNotFinal(@TempDir Path directory) throws IOException {
        double[] cores = {0.15, 1.2};
        AtomicInteger next = new AtomicInteger();
        FigureReport report =
                new FigureReport(new Report("intake", "abc", () -> cores[next.getAndIncrement()]), "spring");
        Map<String, List<Double>> rounds = Map.of("wadi", List.of(900.0), "bare", List.of(1_000.0));

        assertThat(report.add("quiet", rounds, FIGURES, 0.5)).doesNotContain("NOT FINAL");
        assertThat(report.add("shared", rounds, FIGURES, 0.5))
                .endsWith(
                        "NOT FINAL: other work took 1.20 of %d cores, expected at most 0.15: measure again on a quiet machine%n"
                                .formatted(Runtime.getRuntime().availableProcessors()));

        Path file = directory.resolve("intake.json");
        report.write(file);
        JsonNode cases = new ObjectMapper().readTree(file.toFile()).at("/cases");
        assertThat(cases.findValues("final").toString()).isEqualTo("[true, false]");
        assertThat(cases.findValues("other_work_cores").toString()).isEqualTo("[0.15, 1.2]");
    }

    @Test
    void aPeer_isComparedWithAll(@TempDir Path directory) throws IOException {
        FigureReport report = new FigureReport("metrics", "abc", "streams");
        Map<String, List<Double>> rounds = Map.of(
                "wadi", List.of(900.0),
                "wadi-eos", List.of(800.0),
                "bare", List.of(1_000.0),
                "streams", List.of(400.0));

        report.add("throughput", rounds, FIGURES, 0.5);
        Path file = directory.resolve("metrics.json");
        report.write(file);

        JsonNode ratios = new ObjectMapper().readTree(file.toFile()).at("/cases/0/ratios");
        assertThat(ratios.size()).isEqualTo(7);
        assertThat(ratios.toString())
                .contains("\"wadi/bare\":0.9", "\"wadi-eos/bare\":0.8", "\"streams/bare\":0.4")
                .contains("\"wadi/streams\":2.25", "\"wadi-eos/streams\":2.0", "\"bare/streams\":2.5")
                .contains("\"wadi/wadi-eos\":1.125");
    }
}
