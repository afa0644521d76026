package io.wadi.metrics;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Usage of a file system in bytes, in the form of Metricbeat's {@code system.filesystem}. {@code used.pct} is the used
 * share of the space that users can have: as in {@code df}, it excludes the space reserved for root. See <a
 * href="https://www.elastic.co/docs/reference/beats/metricbeat/exported-fields-system">the system module's fields</a>
 * and {@code metric/system/filesystem} of elastic-agent-system-metrics, where Metricbeat computes them.
 *
 * @param device the mounted device, such as {@code /dev/sda1}
 * @param free unused space, including the space reserved for root
 * @param available unused space available to users
 * @param files the total number of inodes
 * @param freeFiles the number of unused inodes
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
            used.put("pct", Percentages.of(total - free, usable)); // undefined without capacity
        }
        return filesystem.put("files", files).put("free_files", freeFiles);
    }
}
