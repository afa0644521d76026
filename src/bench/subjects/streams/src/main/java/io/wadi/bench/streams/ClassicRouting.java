package io.wadi.bench.streams;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.wadi.bench.subject.Job;
import java.util.Map;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Branched;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;

/**
 * A topology as in tutorials: strings, a stream with branches, filters and mapped values, and each step parses its JSON
 * with Gson.
 */
public final class ClassicRouting extends StreamsRouting {
    private static final Gson GSON = new Gson();

    @Override
    Map<String, Object> settings() {
        return Map.of(
                StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG,
                Serdes.String().getClass(),
                StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG,
                Serdes.String().getClass());
    }

    @Override
    void build(StreamsBuilder builder, Job job) {
        KStream<String, String> metrics = builder.stream(job.topic());
        Map<String, KStream<String, String>> branches = metrics.split(Named.as("metric-"))
                .branch((host, json) -> metricset(json).equals("cpu"), Branched.as("cpu"))
                .branch((host, json) -> metricset(json).equals("memory"), Branched.as("memory"))
                .noDefaultBranch();

        KStream<String, String> cpu = branches.get("metric-cpu");
        cpu.to(cpu(job));
        cpu.filter((host, json) -> cpuShare(json) > CPU_THRESHOLD)
                .mapValues(ClassicRouting::alert)
                .to(cpuAlert(job));

        KStream<String, String> memory = branches.get("metric-memory");
        memory.to(memory(job));
        memory.filter((host, json) -> memoryShare(json) > MEMORY_THRESHOLD)
                .mapValues(ClassicRouting::alert)
                .to(memoryAlert(job));
    }

    private static JsonObject object(String json) {
        return JsonParser.parseString(json).getAsJsonObject();
    }

    private static String metricset(String json) {
        return object(json).getAsJsonObject("metricset").get("name").getAsString();
    }

    private static double cpuShare(String json) {
        JsonObject cpu = object(json).getAsJsonObject("system").getAsJsonObject("cpu");
        JsonObject total = cpu.getAsJsonObject("total");
        JsonElement norm = total.get("norm");
        return norm == null
                ? total.get("pct").getAsDouble() / cpu.get("cores").getAsInt()
                : norm.getAsJsonObject().get("pct").getAsDouble();
    }

    private static double memoryShare(String json) {
        return object(json)
                .getAsJsonObject("system")
                .getAsJsonObject("memory")
                .getAsJsonObject("actual")
                .getAsJsonObject("used")
                .get("pct")
                .getAsDouble();
    }

    private static String alert(String json) {
        JsonObject document = object(json);
        JsonObject host = document.getAsJsonObject("host");
        host.add("timestamp", document.get("@timestamp"));
        return GSON.toJson(host);
    }
}
