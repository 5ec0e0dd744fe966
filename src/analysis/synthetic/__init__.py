"""Demonstration deliveries: synthetic, seeded, in the same formats as real ones.

What is calibrated to a published figure and what is assumed stands in ``data/synthetic_manifest.csv``, which this
package executes.
"""
