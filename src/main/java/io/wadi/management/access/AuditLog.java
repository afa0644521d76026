package io.wadi.management.access;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.runtime.config.Excerpt;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs each requested change with its time, user, address and outcome, as a line of JSON at level INFO with the logger
 * {@code wadi.audit}. It logs at most 20 unauthenticated requests per network and minute: the first of each, and 1,000
 * others of all networks. With the first request of a later minute, it logs the number of omitted requests.
 * Thread-safe.
 */
final class AuditLog {
    private static final Logger LOG = LoggerFactory.getLogger("wadi.audit");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MIN_ERROR_STATUS = 400;

    private static final int MAX_USER = 64;
    private static final int MAX_METHOD = 16;
    private static final int MAX_TARGET = 512;
    private static final int MAX_LINES = 20;
    private static final int MAX_NETWORKS = 1000;
    /** The maximum number of lines of all networks, except the first one of each. */
    private static final int MAX_FURTHER_LINES = 1000;
    /** The key for the requests of further networks beyond the limit. */
    private static final String OTHERS = "others";

    private final Clock clock;
    /** The unauthenticated requests in this minute by network. */
    private final Map<String, Requests> unauthenticated = new TreeMap<>();

    private int furtherLines;
    private long minute;

    /** The numbers of logged and omitted requests. */
    private static final class Requests {
        private int logged;
        private int omitted;
    }

    /** The client of a request. */
    record Client(String user, boolean isAuthenticated, String address, String network) {}

    AuditLog(Clock clock) {
        this.clock = clock;
    }

    /**
     * Logs a request that has ended.
     *
     * @param client the client; after a failed login, its user is the name in the request
     * @param query the query string; null without one
     * @param status the status of the response; 0 if the connection was closed before the response
     */
    void write(Client client, String method, String path, String query, int status) {
        if (!isLogged(client)) {
            return;
        }
        ObjectNode line = line().put("user", Excerpt.of(client.user(), MAX_USER))
                .put("from", client.address())
                .put("method", Excerpt.of(method, MAX_METHOD))
                .put("path", Excerpt.of(path, MAX_TARGET));
        if (query != null) {
            line.put("query", Excerpt.of(query, MAX_TARGET));
        }
        line.put("status", status).put("outcome", outcome(status));
        LOG.info("{}", line);
    }

    private ObjectNode line() {
        return JSON.createObjectNode()
                .put("time", clock.instant().truncatedTo(ChronoUnit.MILLIS).toString());
    }

    private synchronized boolean isLogged(Client client) {
        long now = TimeUnit.MILLISECONDS.toMinutes(clock.millis());
        if (now != minute) {
            unauthenticated.forEach(this::logOmitted);
            unauthenticated.clear();
            furtherLines = 0;
            minute = now;
        }
        if (client.isAuthenticated()) {
            return true;
        }
        boolean isCounted = unauthenticated.containsKey(client.network()) || unauthenticated.size() < MAX_NETWORKS;
        Requests requests =
                unauthenticated.computeIfAbsent(isCounted ? client.network() : OTHERS, any -> new Requests());
        if (requests.logged > 0) {
            if (requests.logged == MAX_LINES || furtherLines == MAX_FURTHER_LINES) {
                requests.omitted++;
                return false;
            }
            furtherLines++;
        }
        requests.logged++;
        return true;
    }

    private void logOmitted(String network, Requests requests) {
        if (requests.omitted > 0) {
            LOG.info("{}", line().put("from", network).put("omitted", requests.omitted));
        }
    }

    private static String outcome(int status) {
        if (status == 0) {
            return "not known";
        }
        return status < MIN_ERROR_STATUS ? "done" : "rejected";
    }
}
