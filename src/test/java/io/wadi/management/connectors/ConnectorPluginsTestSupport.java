package io.wadi.management.connectors;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.kafka.connect.runtime.rest.entities.ConfigInfos;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The shipped templates of connectors, with a valid configuration of each. */
abstract class ConnectorPluginsTestSupport {
    static final ObjectMapper JSON = new ObjectMapper();

    @AutoClose
    static final DefaultCamelContext CONTEXT = new DefaultCamelContext();

    static final String HDFS = "/in";

    @TempDir
    static Path directory;

    static Path in;
    static ConnectorPlugins plugins;

    @BeforeAll
    static void start() throws Exception {
        for (String template :
                List.of("file-to-topic", "topic-to-file", "hdfs-to-topic", "database-to-topic", "topic-to-database")) {
            PluginHelper.getRoutesLoader(CONTEXT)
                    .loadRoutes(ResourceHelper.resolveResource(CONTEXT, "file:routes/" + template + ".camel.yaml"));
        }
        in = Files.createDirectory(directory.resolve("in"));
        plugins = new ConnectorPlugins(CONTEXT, AllowedDirectories.of(in.toString(), HDFS));
    }

    /** A configuration with all parameters of its template that requests may set. */
    static Map<String, String> full(String template) {
        Map<String, String> config =
                new TreeMap<>(Map.of("name", "orders", "connector.class", template, "tasks.max", "2"));
        config.putAll(
                switch (template) {
                    case "file-to-topic" -> Map.of("files", in + "/app.log*", "topic", "shop.log");
                    case "topic-to-file" -> Map.of("file", in + "/{topic}+{partition}.log", "topic", "shop.log,b");
                    case "hdfs-to-topic" ->
                        Map.of(
                                "directory", HDFS + "/day=1",
                                "topic", "shop.orders",
                                "pattern", "*.parquet",
                                "ignoredSuffixes", ".tmp,._COPYING_",
                                "format", "parquet");
                    case "database-to-topic" ->
                        Map.of(
                                "table", "shop.orders",
                                "by", "updated_at,id",
                                "key", "id",
                                "settle", "5s",
                                "topic", "shop.orders");
                    default ->
                        Map.of(
                                "table", "orders",
                                "topic", "shop.orders",
                                "onConflict", "nothing",
                                "deletes", "true",
                                "ignoreUnknownFields", "true",
                                "coordinates", "true");
                });
        boolean isSource = template.endsWith("-to-topic");
        config.putAll(isSource ? Map.of("every", "2s", "rows", "100") : Map.of("batch", "100"));
        config.putAll(Map.of("value", "avro", "schema", "schemas/orders.avsc,schemas/orders-1.avsc"));
        if (!template.contains("database")) {
            config.put("lines", "string");
        }
        if (template.equals("file-to-topic") || template.equals("hdfs-to-topic")) {
            config.put("longestLine", "64KiB");
        }
        return config;
    }

    static Stream<String> templates() {
        return plugins.loaded().keySet().stream();
    }

    static ConfigInfos validated(String template, Map<String, String> config) throws Exception {
        return JSON.treeToValue(plugins.validation(template, new TreeMap<>(config)), ConfigInfos.class);
    }
}
