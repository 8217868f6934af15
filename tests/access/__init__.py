"""Tests of accounts, sessions, the gate and the audit trail (访问与审计)."""
