package io.wadi.metrics;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * How full a file system is, in bytes, as Metricbeat's {@code system.filesystem}: {@code used.pct} is the share of what
 * users can have, as {@code df} shows it; what is kept for root counts as neither. See <a
 * href="https://www.elastic.co/docs/reference/beats/metricbeat/exported-fields-system">the system module's fields</a> and
 * {@code metric/system/filesystem} of elastic-agent-system-metrics, where Metricbeat computes them.
 *
 * @param device what is mounted, such as {@code /dev/sda1}
 * @param free what nothing uses
 * @param available what users can get of it
 * @param files inodes there are
 * @param freeFiles inodes that nothing uses
 */
record FilesystemUsage(
        String mountPoint,
        String device,
        String type,
        long total,
        long free,
        long available,
        long files,
        long freeFiles) {

    ObjectNode toJson() {
        ObjectNode filesystem = JsonNodeFactory.instance
                .objectNode()
                .put("mount_point", mountPoint)
                .put("device_name", device)
                .put("type", type)
                .put("total", total)
                .put("free", free)
                .put("available", available);
        ObjectNode used = filesystem.putObject("used").put("bytes", total - free);
        long usable = total - free + available;
        if (usable > 0) {
            used.put("pct", Percentages.of(total - free, usable)); // one without room has no share of it
        }
        return filesystem.put("files", files).put("free_files", freeFiles);
    }
}
