package io.wadi.local.soak;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Writes the report of a run and its raw data. */
final class SoakFiles {
    private SoakFiles() {}

    /** Writes the files to a directory; returns the page. */
    static Path write(SoakResult result, Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.write(
                directory.resolve("traffic.csv"),
                table(
                        "second,offered,receipts,refused,failed",
                        result.traffic().stream()
                                .map(each -> row(
                                        each.second(),
                                        each.offered(),
                                        each.receipts(),
                                        each.refused(),
                                        each.failed()))));
        Files.write(
                directory.resolve("offsets.csv"),
                table(
                        "second,partition,in_kafka,landed,indexed",
                        result.progress().stream().flatMap(SoakFiles::rows)));
        Files.write(
                directory.resolve("processes.csv"),
                table(
                        "second,process,start,heap_mib,resident_mib,handles,threads",
                        result.samples().stream()
                                .map(each -> row(
                                        each.second(),
                                        each.process(),
                                        each.life(),
                                        each.heapMib(),
                                        each.residentMib(),
                                        each.handles(),
                                        each.threads()))));
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(directory.resolve("soak.json").toFile(), json(result));
        return Files.writeString(directory.resolve("report.html"), SoakReport.html(result));
    }

    private static List<String> table(String head, Stream<String> rows) {
        List<String> lines = new ArrayList<>(List.of(head));
        rows.forEach(lines::add);
        return lines;
    }

    private static Stream<String> rows(ProgressSample sample) {
        return sample.inKafka().entrySet().stream()
                .map(each -> row(
                        sample.second(),
                        each.getKey(),
                        each.getValue(),
                        sample.landed().getOrDefault(each.getKey(), 0L),
                        sample.indexed().getOrDefault(each.getKey(), 0L)));
    }

    /** Formats a row; unknown values are empty. */
    private static String row(Object... values) {
        return Stream.of(values)
                .map(SoakFiles::cell)
                .reduce((a, b) -> a + "," + b)
                .orElse("");
    }

    private static String cell(Object value) {
        if (value instanceof Double number) {
            return number.isNaN()
                    ? ""
                    : String.format(Locale.ROOT, "%.2f", number).replaceFirst("\\.?0+$", "");
        }
        return String.valueOf(value);
    }

    private static Map<String, Object> json(SoakResult result) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("well", result.isWell());
        json.put("seed", result.options().seed());
        json.put("length_s", result.options().length().toSeconds());
        json.put("rate", result.options().rate());
        json.put("begun", result.begun().toString());
        json.put("seconds", result.seconds());
        json.put("offered", result.offered());
        json.put("found", result.found());
        json.put("problems", result.problems());
        json.put("faults", result.faults().stream().map(SoakFiles::json).toList());
        json.put("growth_an_hour", result.growth());
        return json;
    }

    private static Map<String, Object> json(Recovery each) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("number", each.fault().number());
        json.put("what", each.fault().text());
        json.put("at_s", each.began());
        json.put("put_right_after_s", each.ended() - each.began());
        json.put("receipts_after_s", each.receipts());
        json.put("landed_after_s", each.landed());
        json.put("indexed_after_s", each.indexed());
        return json;
    }
}
