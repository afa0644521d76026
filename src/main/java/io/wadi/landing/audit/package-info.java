/** Audits landed files: compares them with the topic, offset by offset or record by record. */
package io.wadi.landing.audit;
