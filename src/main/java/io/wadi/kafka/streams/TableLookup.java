package io.wadi.kafka.streams;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.kafka.records.Masking;
import io.wadi.kafka.streams.TableRequest.ForwardedTo;
import io.wadi.runtime.ReadLimit;
import io.wadi.runtime.config.NearestName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.HostInfo;

/**
 * Lookups in tables, by key or row by row. A key is looked up in all local partitions first. If it belongs to another
 * instance, or if a partitioner other than Kafka's may have assigned it to one, the request is forwarded once.
 * Thread-safe.
 */
final class TableLookup {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int NO_PARTITION = -1;

    private final Tables tables;
    private final HostInfo self;
    private final Masking masking;
    private final Supplier<ReadLimit> limit;
    private final TablePeers peers = new TablePeers();

    TableLookup(Tables tables, Masking masking, Supplier<ReadLimit> limit) {
        this.limit = limit;
        this.tables = tables;
        this.self = HostInfo.buildFromEndpoint(tables.self());
        this.masking = masking;
    }

    TableResponse respond(TableRequest request) throws InterruptedException {
        if (request.table() == null) {
            ArrayNode all = NODES.arrayNode();
            tables.all().forEach(found -> all.add(describe(found)));
            return TableResponse.of(all);
        }
        Map<String, Tables.RunningTable> known = tables.byName();
        Tables.RunningTable found = known.get(request.table());
        if (found == null) {
            return TableResponse.error(
                    TableResponse.NOT_FOUND,
                    "unknown table %s%s"
                            .formatted(request.table(), NearestName.question(request.table(), known.keySet())));
        }
        if (!TableState.hasWindows(found.table()) && request.windowParameter().isPresent()) {
            return TableResponse.error(
                    TableResponse.BAD,
                    "%s has no effect on %s, which has no windows"
                            .formatted(request.windowParameter().get(), request.table()));
        }
        if (request.key() == null) {
            return request.rows().map(rows -> limited(found, rows)).orElseGet(() -> TableResponse.of(describe(found)));
        }
        return find(found, request);
    }

    private TableResponse limited(Tables.RunningTable found, TableRequest.Rows requested) {
        return limit.get().tryRead(() -> rows(found, requested)).orElseGet(TableLookup::busy);
    }

    private static TableResponse busy() {
        return unavailable("too many other requests are reading");
    }

    /** Lists rows of this instance only, to limit the memory. */
    private TableResponse rows(Tables.RunningTable found, TableRequest.Rows requested) {
        QueryableTable table = found.table();
        if (found.state().isEmpty()) {
            return unavailable("%s is not running in this instance".formatted(table.file()));
        }
        TableState state = found.state().get();
        Set<Integer> partitions =
                table.kind() == QueryableTable.Kind.GLOBAL ? Set.of(NO_PARTITION) : state.partitions(table);
        long at = requested.at() < 0 ? System.currentTimeMillis() : requested.at();
        TableRows rows = new TableRows(requested.max(), limit.get().characters(), masking::json);
        boolean more = false;
        try {
            for (int partition : partitions) {
                more |= state.rows(table, partition, at, requested.at() < 0, rows);
            }
        } catch (InvalidStateStoreException e) {
            return unavailable("%s is being restored or moved".formatted(table.name()));
        } catch (TableState.TooManyKeysException e) {
            return TableResponse.error(TableResponse.BAD, "%s %s".formatted(table.name(), e.getMessage()));
        } catch (IllegalArgumentException e) {
            return TableResponse.error(TableResponse.FAILED, "a row of %s %s".formatted(table.name(), e.getMessage()));
        }
        ObjectNode body = describe(found).put("at", Instant.ofEpochMilli(at).toString());
        body.set("rows", rows.json());
        return TableResponse.of(body.put("more", more));
    }

    private void mask(ObjectNode row) {
        JsonNode value = masking.json(row.path("value"));
        row.set("value", value);
    }

    private static ObjectNode describe(Tables.RunningTable found) {
        QueryableTable table = found.table();
        ObjectNode description = NODES.objectNode()
                .put("name", table.name())
                .put("file", table.file())
                .put("kind", table.description())
                .put("key", table.keys().type())
                .put("application", found.application());
        ArrayNode partitions = description.putArray("partitions");
        ArrayNode copies = description.putArray("copies");
        found.state().ifPresent(state -> {
            state.partitions(table).forEach(partitions::add);
            state.standbyPartitions(table).forEach(copies::add);
        });
        return description;
    }

    private TableResponse find(Tables.RunningTable found, TableRequest request) throws InterruptedException {
        QueryableTable table = found.table();
        byte[] key;
        try {
            key = table.keys().bytes().apply(request.key());
        } catch (IllegalArgumentException e) {
            return TableResponse.error(TableResponse.BAD, "the key " + e.getMessage());
        }
        if (key == null) {
            return TableResponse.error(TableResponse.BAD, "the key is null, which no table contains");
        }
        if (found.state().isEmpty()) {
            return unavailable("%s is not running in this instance".formatted(table.file()));
        }
        return new KeyLookup(found.state().get(), table, key, request).respond();
    }

    private static TableResponse unavailable(String why) {
        return TableResponse.error(TableResponse.UNAVAILABLE, why + ": retry");
    }

    private final class KeyLookup {
        private final TableState state;
        private final QueryableTable table;
        private final byte[] key;
        private final TableRequest request;
        /** Whether a local partition could not be read. */
        private boolean isNotReady;

        private KeyLookup(TableState state, QueryableTable table, byte[] key, TableRequest request) {
            this.state = state;
            this.table = table;
            this.key = key;
            this.request = request;
        }

        TableResponse respond() throws InterruptedException {
            if (table.kind() == QueryableTable.Kind.GLOBAL) {
                return found(NO_PARTITION).orElseGet(this::notHere);
            }
            Set<Integer> local = state.partitions(table);
            for (int partition : local) {
                Optional<TableResponse> found = found(partition);
                if (found.isPresent()) {
                    return found.get();
                }
            }
            Optional<KeyQueryMetadata> metadata = state.metadata(table, key);
            if (metadata.isEmpty()) {
                return unavailable("the assignment of the partitions of %s is not known yet".formatted(table.name()));
            }
            boolean isLocal = local.contains(metadata.get().partition());
            if (request.forwardedTo().isPresent()) {
                return isLocal || request.forwardedTo().get() == ForwardedTo.OTHER ? notHere() : moving();
            }
            return isLocal && isNotReady ? notHere() : forward(metadata.get(), isLocal);
        }

        private Optional<TableResponse> found(int partition) {
            try {
                int characters = limit.get().characters();
                return limit.get()
                        .tryRead(() -> state.read(table, partition, key, request.range(), characters)
                                .map(this::response))
                        .orElseGet(() -> Optional.of(busy()));
            } catch (InvalidStateStoreException e) {
                isNotReady = true;
                return Optional.empty();
            } catch (IllegalArgumentException e) {
                return Optional.of(TableResponse.error(
                        TableResponse.FAILED,
                        "the value of %s for key %s %s".formatted(table.name(), request.key(), e.getMessage())));
            }
        }

        private TableResponse response(ObjectNode found) {
            ObjectNode body = NODES.objectNode().put("table", table.name()).put("key", request.key());
            found.path("windows").forEach(window -> mask((ObjectNode) window));
            if (found.has("value")) {
                mask(found);
            }
            return TableResponse.of(body.setAll(found));
        }

        private TableResponse notHere() {
            if (isNotReady) {
                return unavailable("%s is being restored or moved".formatted(table.name()));
            }
            return TableResponse.error(
                    TableResponse.NOT_FOUND,
                    "%s has %s for key %s"
                            .formatted(
                                    table.name(),
                                    table.kind() == QueryableTable.Kind.BY_KEY
                                                    || table.kind() == QueryableTable.Kind.GLOBAL
                                            ? "no value"
                                            : "no window of this time",
                                    request.key()));
        }

        private TableResponse moving() {
            return unavailable("the partition of %s with this key is moving between instances".formatted(table.name()));
        }

        private TableResponse forward(KeyQueryMetadata metadata, boolean isLocal) throws InterruptedException {
            List<HostInfo> others = new ArrayList<>(state.instances(table));
            others.remove(self);
            if (!isLocal && !others.remove(metadata.activeHost())) {
                return unreachable(metadata);
            }
            if (!isLocal) {
                TableResponse response = peers.forward(metadata.activeHost(), request, ForwardedTo.OWNER);
                if (response.code() != TableResponse.NOT_FOUND) {
                    return response;
                }
            }
            for (HostInfo other : others) {
                TableResponse response = peers.forward(other, request, ForwardedTo.OTHER);
                if (response.code() != TableResponse.NOT_FOUND) {
                    return response;
                }
            }
            return notHere();
        }

        private TableResponse unreachable(KeyQueryMetadata metadata) {
            return metadata.activeHost().equals(self) || !state.isSettled()
                    ? moving()
                    : TableResponse.error(
                            TableResponse.MISDIRECTED,
                            ("partition %d of %s, to which this key belongs, is in another instance"
                                            + " of unknown address: set wadi.streams.advertised-address there")
                                    .formatted(metadata.partition(), table.name()));
        }
    }
}
