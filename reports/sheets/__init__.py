"""What stands on the auditor's pages, files and papers, in words: one module a report."""
