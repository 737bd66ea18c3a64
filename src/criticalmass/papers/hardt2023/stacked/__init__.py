"""Many fine-tunings of one small BERT side by side on one card.

This folder runs alone: ``scripts/paper-on-a-gpu pack`` copies it to where the card is. It needs
numpy and torch, and with transformers it checks itself; nothing here imports the rest of the
package.
"""
