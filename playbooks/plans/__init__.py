"""Action plans of boards and companies, with an appointed crisis organisation."""
