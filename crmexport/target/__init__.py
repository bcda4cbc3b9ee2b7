"""crmexport.target"""
