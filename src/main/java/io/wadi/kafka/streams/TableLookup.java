package io.wadi.kafka.streams;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.kafka.records.Masking;
import io.wadi.kafka.streams.TableRequest.AskedAs;
import io.wadi.runtime.config.NearestName;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.HostInfo;

/**
 * Finds what is kept under a key. It looks into all partitions that are here first; where the key belongs to another process, or
 * may have been put there by another partitioner than Kafka's own, that one is asked, which asks nobody else. Thread-safe.
 */
final class TableLookup {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int NO_PARTITION = -1;

    private final Tables tables;
    private final HostInfo self;
    private final Masking masking;
    private final TablePeers peers = new TablePeers();
    private final Clock clock;

    /** Takes what is not shown of values. */
    TableLookup(Tables tables, Masking masking, Clock clock) {
        this.clock = clock;
        this.tables = tables;
        this.self = HostInfo.buildFromEndpoint(tables.self());
        this.masking = masking;
    }

    TableResponse answer(TableRequest request) throws InterruptedException {
        if (request.table() == null) {
            ArrayNode all = NODES.arrayNode();
            tables.all().forEach(found -> all.add(described(found)));
            return TableResponse.of(all);
        }
        Map<String, Tables.Found> known = tables.byName();
        Tables.Found found = known.get(request.table());
        if (found == null) {
            return TableResponse.refused(
                    TableResponse.NOT_FOUND,
                    "there is no table %s here%s"
                            .formatted(request.table(), NearestName.question(request.table(), known.keySet())));
        }
        if (request.key() == null) {
            return request.rows().map(rows -> rows(found, rows)).orElseGet(() -> TableResponse.of(described(found)));
        }
        return find(found, request);
    }

    /** Of this process alone: a page with all that many processes keep would be nobody's to hold. */
    private TableResponse rows(Tables.Found found, TableRequest.Rows asked) {
        QueryableTable table = found.table();
        if (found.state().isEmpty()) {
            return notNow("%s does not run here".formatted(table.file()));
        }
        TableState state = found.state().get();
        Set<Integer> partitions =
                table.kind() == QueryableTable.Kind.GLOBAL ? Set.of(NO_PARTITION) : state.partitions(table);
        long at = asked.at() < 0 ? clock.millis() : asked.at();
        ArrayNode rows = NODES.arrayNode();
        boolean more = false;
        try {
            for (int partition : partitions) {
                more |= state.rows(table, partition, at, asked.most() - rows.size(), rows);
            }
        } catch (InvalidStateStoreException e) {
            return notNow("%s is being restored, or moves".formatted(table.name()));
        } catch (IllegalArgumentException e) {
            return TableResponse.refused(
                    TableResponse.FAILED, "something that %s has %s".formatted(table.name(), e.getMessage()));
        }
        rows.forEach(row -> mask((ObjectNode) row));
        ObjectNode answer = described(found).put("at", Instant.ofEpochMilli(at).toString());
        answer.set("rows", rows);
        return TableResponse.of(answer.put("more", more));
    }

    private void mask(ObjectNode of) {
        JsonNode value = masking.json(of.path("value"));
        of.set("value", value);
    }

    private static ObjectNode described(Tables.Found found) {
        QueryableTable table = found.table();
        ObjectNode described = NODES.objectNode()
                .put("name", table.name())
                .put("file", table.file())
                .put("kind", table.what())
                .put("key", table.keys().type())
                .put("application", found.application());
        ArrayNode partitions = described.putArray("partitions");
        ArrayNode copies = described.putArray("copies");
        found.state().ifPresent(state -> {
            state.partitions(table).forEach(partitions::add);
            state.copies(table).forEach(copies::add);
        });
        return described;
    }

    private TableResponse find(Tables.Found found, TableRequest request) throws InterruptedException {
        QueryableTable table = found.table();
        byte[] key;
        try {
            key = table.keys().bytes().apply(request.key());
        } catch (IllegalArgumentException e) {
            return TableResponse.refused(TableResponse.BAD, "the key " + e.getMessage());
        }
        if (key == null) {
            return TableResponse.refused(TableResponse.BAD, "the key is null, which nothing is kept under");
        }
        if (found.state().isEmpty()) {
            return notNow("%s does not run here".formatted(table.file()));
        }
        return new Look(found.state().get(), table, key, request).answer();
    }

    private static TableResponse notNow(String why) {
        return TableResponse.refused(TableResponse.UNAVAILABLE, why + ": ask again");
    }

    /** What is done for one request. */
    private final class Look {
        private final TableState state;
        private final QueryableTable table;
        private final byte[] key;
        private final TableRequest request;
        /** Whether something that is here could not be looked into. */
        private boolean isNotReady;

        private Look(TableState state, QueryableTable table, byte[] key, TableRequest request) {
            this.state = state;
            this.table = table;
            this.key = key;
            this.request = request;
        }

        TableResponse answer() throws InterruptedException {
            if (table.kind() == QueryableTable.Kind.GLOBAL) {
                return found(NO_PARTITION).orElseGet(this::notHere);
            }
            Set<Integer> here = state.partitions(table);
            for (int partition : here) {
                Optional<TableResponse> found = found(partition);
                if (found.isPresent()) {
                    return found.get();
                }
            }
            Optional<KeyQueryMetadata> place = state.place(table, key);
            if (place.isEmpty()) {
                return notNow("who has which partitions of %s is not known yet".formatted(table.name()));
            }
            boolean isOfHere = here.contains(place.get().partition());
            if (request.askedAs().isPresent()) {
                return isOfHere || request.askedAs().get() == AskedAs.OTHER ? notHere() : moving();
            }
            return isOfHere && isNotReady ? notHere() : elsewhere(place.get(), isOfHere);
        }

        private Optional<TableResponse> found(int partition) {
            try {
                return state.read(table, partition, key, request.range()).map(this::shown);
            } catch (InvalidStateStoreException e) {
                isNotReady = true;
                return Optional.empty();
            } catch (IllegalArgumentException e) {
                return Optional.of(TableResponse.refused(
                        TableResponse.FAILED,
                        "what %s has under %s %s".formatted(table.name(), request.key(), e.getMessage())));
            }
        }

        private TableResponse shown(ObjectNode found) {
            ObjectNode shown = NODES.objectNode().put("table", table.name()).put("key", request.key());
            found.path("windows").forEach(window -> mask((ObjectNode) window));
            if (found.has("value")) {
                mask(found);
            }
            return TableResponse.of(shown.setAll(found));
        }

        private TableResponse notHere() {
            if (isNotReady) {
                return notNow("%s is being restored, or moves".formatted(table.name()));
            }
            return TableResponse.refused(
                    TableResponse.NOT_FOUND,
                    "%s has %s under %s"
                            .formatted(
                                    table.name(),
                                    table.kind() == QueryableTable.Kind.BY_KEY
                                                    || table.kind() == QueryableTable.Kind.GLOBAL
                                            ? "nothing"
                                            : "no window of this time",
                                    request.key()));
        }

        private TableResponse moving() {
            return notNow(
                    "the partition of %s that has this key is not here any more, or not yet".formatted(table.name()));
        }

        private TableResponse elsewhere(KeyQueryMetadata place, boolean isOfHere) throws InterruptedException {
            List<HostInfo> others = new ArrayList<>(state.processes(table));
            others.remove(self);
            if (!isOfHere && !others.remove(place.activeHost())) {
                return unknown(place);
            }
            if (!isOfHere) {
                TableResponse answer = peers.ask(place.activeHost(), request, AskedAs.OWNER);
                if (answer.code() != TableResponse.NOT_FOUND) {
                    return answer;
                }
            }
            for (HostInfo other : others) {
                TableResponse answer = peers.ask(other, request, AskedAs.OTHER);
                if (answer.code() != TableResponse.NOT_FOUND) {
                    return answer;
                }
            }
            return notHere();
        }

        private TableResponse unknown(KeyQueryMetadata place) {
            return place.activeHost().equals(self) || !state.isSettled()
                    ? moving()
                    : TableResponse.refused(
                            TableResponse.MISDIRECTED,
                            ("partition %d of %s, where this key belongs, is with another process;"
                                            + " where that is reached is not known: wadi.streams.advertised-address says it")
                                    .formatted(place.partition(), table.name()));
        }
    }
}
