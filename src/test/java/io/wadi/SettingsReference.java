package io.wadi;

import io.wadi.runtime.config.Setting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A generator of docs/reference/configuration.md from the declared settings, with a section for each first word of
 * names.
 */
final class SettingsReference {
    private static final String START = """
            # Configuration

            Each setting is a property of `application.properties` and an environment variable, which wins over the file. The file that ships has all of them with
            their defaults. At start all mistakes are reported together, names that do not exist among them, and the process ends with exit code 78.
            An environment variable that begins with `WADI_` and is no setting is such a mistake if its name is like that of a setting, and else a warning in
            the log; names in placeholders of `application.properties` and route files, and those that Kubernetes sets for services, are not. A setting
            cannot contain a placeholder such as `{{env:NAME}}`, which other properties and route files can: set its variable instead.

            | type | how it is written |
            |---|---|
            | text, choice | as it is; white space around it is dropped |
            | list | texts or choices, separated by commas |
            | flag | `true` or `false` |
            | integer, number | `42`, `0.5` |
            | size | bytes with a unit: `512B`, `64KiB`, `128MiB`, `4GiB` |
            | duration | `500ms`, `5s`, `10m`, `1h`, `7d` |

            This page is generated from the declarations: `./wadi test SettingsReferenceTest -Dwrite.docs=true` writes it.
            """;

    /** Headings and introductions by the word after {@code wadi.}, in the order of the page. */
    private static final Map<String, Section> SECTIONS = sections("""
            kafka | Kafka | The cluster that all routes use; client properties are Camel's, `camel.component.kafka.*`.
            topics-file | Declared topics | Where the topics, their partitions and their formats are declared.
            http | Event endpoint | The HTTP server that takes events: address, TLS and the limits of each connection and request.
            ingest | Ingest | From a request to Kafka: time to acknowledge, memory, rate limits, keys and tokens.
            deduplication | Deduplication | The flow from inboxes to topics with `deduplicate`: group, consumers, limits.
            web-events | GET /api/select | The web event endpoint.
            pixel | GET /pixel.gif | The pixel of pages and mail.
            receipts | Receipts | Requests for the states of receipts.
            schema-registry | Schema registry | Schemas of topics with events written as Avro.
            hdfs | HDFS | The connection to HDFS, also with Kerberos; used by landing, compaction, audit and models.
            landing | Landing | The HDFS sink: topics, file format and when files are published.
            elasticsearch | Elasticsearch | The connection to Elasticsearch.
            indexing | Indexing | The Elasticsearch sink: documents, their time and keys, and bulk requests.
            completeness | Completeness | Watermarks: until when all records of a topic have arrived.
            dead-letters | Dead letters | Records that could not be processed.
            metrics | Server metrics | Routing of metric documents by content, and the shipped thresholds.
            host-metrics | Metrics of this machine | What this process measures of its own machine.
            prometheus | Prometheus targets | Targets that are scraped into metric documents.
            alerts | Alerts | Alert rules on server metrics, their state, and the notification of Alertmanagers.
            streams | Streams files | Declared Kafka Streams topologies, and the tables that they answer from.
            cards | Card payments | Scoring of card payments by rules and models.
            source-offsets | Source offsets | How far files and databases have been read.
            database | Database connectors | The default database of the database connectors.
            mirror | Mirrors | Monitoring of MirrorMaker 2.
            reload | Hot reload | Route and streams files that change while Wadi runs.
            connector-api | Connectors by request | What connectors requests to the management port may create.
            management | Management port | The server of page, health, metrics and connector API: address, users, limits and masking.
            lag | Consumer lag | Monitoring of the consumer groups of the cluster.
            health | Health | When a dependency, a partition or a consumer thread counts as down.
            telemetry | Telemetry | Metrics and traces of this process.
            stop | Shutdown | The time that each part of an orderly shutdown may take.
            restart | Restarts | What a supervisor reports to the process that it restarts.
            """);

    private record Section(String heading, String sentence) {}

    private SettingsReference() {}

    private static Map<String, Section> sections(String lines) {
        Map<String, Section> sections = new LinkedHashMap<>();
        lines.lines()
                .map(line -> line.split(" \\| ", -1))
                .forEach(each -> sections.put(each[0], new Section(each[1], each[2])));
        return sections;
    }

    /**
     * Returns the whole page.
     *
     * @throws IllegalArgumentException if a setting belongs to no section, or a section has no setting
     */
    static String page(List<Setting<?>> settings) {
        Map<String, List<Setting<?>>> byWord = new LinkedHashMap<>();
        SECTIONS.keySet().forEach(word -> byWord.put(word, new ArrayList<>()));
        for (Setting<?> each : settings) {
            String word = each.name().split("\\.", -1)[1];
            List<Setting<?>> section = byWord.get(word);
            if (section == null) {
                throw new IllegalArgumentException(each.name() + ": SettingsReference has no section " + word);
            }
            section.add(each);
        }
        StringBuilder page = new StringBuilder(START);
        byWord.forEach((word, section) -> append(page, word, section));
        return page.toString();
    }

    private static void append(StringBuilder page, String word, List<Setting<?>> settings) {
        if (settings.isEmpty()) {
            throw new IllegalArgumentException("No setting begins with wadi." + word + ": remove the section");
        }
        Section section = SECTIONS.get(word);
        page.append("\n## ")
                .append(section.heading())
                .append("\n\n")
                .append(section.sentence())
                .append("\n\n");
        page.append("| property, environment variable | type | range | default | |\n|---|---|---|---|---|\n");
        for (Setting<?> each : settings) {
            page.append("| `%s`<br>`%s` | %s | %s | %s | %s |\n"
                    .formatted(
                            each.name(),
                            each.variable(),
                            each.type(),
                            cell(each.range()),
                            each.defaultText().isEmpty() ? "–" : "`" + cell(each.defaultText()) + "`",
                            cell(each.description())));
        }
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
