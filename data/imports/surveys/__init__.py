"""Questionnaires (问卷): shapes, questions, scales, answers."""
