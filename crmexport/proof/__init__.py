"""crmexport.proof"""
